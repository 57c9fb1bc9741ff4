"""What a run is made of: its boots, the steps in each, and how they are carried out."""
