"""Learn: what holds over many clients. Pure functions, tables in and tables out."""
