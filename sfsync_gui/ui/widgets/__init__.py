"""The kit: the few widgets of which every panel is made. The gallery shows all of them."""
