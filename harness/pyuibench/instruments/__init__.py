"""What takes samples. Instruments never judge."""
