"""Letters leave: the receivers, the way to each, and the worker that sends."""
