package io.shadowsentinel.compare.text;

/**
 * Compares the champion's text with the challenger's. Pure and immutable, any thread; takes time
 * about in proportion to the texts.
 *
 * <p>Equal texts are the same in every mode. Where a mode looks at a part of the text, a champion's
 * text without that part is {@link TextResult.Kind#UNDECIDED}, and a challenger's is a difference.
 * Similarity of embeddings is not among the modes: it takes «approved» for «not approved».
 */
@FunctionalInterface
public interface TextComparison {
  /** Equal texts are the same, others are not. */
  TextComparison EXACT = (a, b) -> a.equals(b) ? TextResult.SAME : TextResult.DIFFERENT;

  /** Compares two texts. */
  TextResult compare(String champion, String challenger);
}
