"""Pages for taking files in and handing tables out."""
