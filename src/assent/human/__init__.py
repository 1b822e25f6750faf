"""The people side: where tasks are shown and answered."""
