"""How much a member has asked, and how much more it may."""
