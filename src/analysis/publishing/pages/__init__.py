"""The pages of an edition, a module per family of sections: released figures, worded and drawn."""
