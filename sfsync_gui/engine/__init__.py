"""What the product does: the way of a change from feed to settlement, over ports."""
