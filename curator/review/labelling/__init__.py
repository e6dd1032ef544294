"""Labels: questions, answers, agreement, suggestions."""
