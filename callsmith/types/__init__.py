"""The values everything else is made of: frozen, slotted, standard library only."""
