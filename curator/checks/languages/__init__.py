"""What checks know of single languages and scripts: words, marks of sentences, where a word begins."""
