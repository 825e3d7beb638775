/** The text with NUL and lone surrogates, which PostgreSQL cannot hold, as U+FFFD. */
export function storableText(text: string): string {
  return text.toWellFormed().replaceAll("\0", "\uFFFD");
}
