"""Testing a pattern: answers, scores, measures, baselines, a verdict."""
