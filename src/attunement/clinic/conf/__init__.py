"""How the web application is put together: environment, settings, addresses."""
