"""The finished adapter, the merged model, and the page that describes them."""

__all__ = ["finished", "merge", "save"]
