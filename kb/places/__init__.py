"""The communes, départements and regions of France, from the official list."""

from kb.places.places import Place, Places, french_places

__all__ = ["Place", "Places", "french_places"]
