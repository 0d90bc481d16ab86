"""Goals: written blind, laid side by side, agreed in one wording, and followed."""
