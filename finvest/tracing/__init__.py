"""Following money: tracing rules, trails and where they end, and indirect methods of proof."""
