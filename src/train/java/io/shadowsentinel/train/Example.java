package io.shadowsentinel.train;

/**
 * One handwritten digit.
 *
 * @param pixels 64 grey values, row by row, 0 to 16
 * @param digit 0 to 9
 * @param line the line it came from, as it stood
 */
@SuppressWarnings("ArrayRecordComponent") // never compared; the trainer wants plain arrays
record Example(float[] pixels, int digit, String line) {

  static final int PIXELS = 64;
  static final int DIGITS = 10;

  static Example parse(String line) {
    String[] cells = line.split(",", -1);
    if (cells.length != PIXELS + 1) {
      throw new IllegalArgumentException(
          "a line of " + cells.length + " cells (expected " + (PIXELS + 1) + ")");
    }
    float[] pixels = new float[PIXELS];
    for (int i = 0; i < PIXELS; i++) {
      pixels[i] = Integer.parseInt(cells[i]);
    }
    return new Example(pixels, Integer.parseInt(cells[PIXELS]), line);
  }
}
