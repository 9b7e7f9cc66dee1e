//! The engines, a folder each. The only place that chooses between them.
