"""What measures speed and memory, as ratios taken side by side in one run. See docs/benchmarks.md."""
