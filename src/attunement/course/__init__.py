"""Notice: how one client's scores move over sessions."""
