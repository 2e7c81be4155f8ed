"""What makes files of this repository: run each from the checkout, `python -m scripts.make_samples`."""
