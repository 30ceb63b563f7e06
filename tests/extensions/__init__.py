"""Extensions: what a shop adds, and how it is told of what happens."""
