package io.shadowsentinel.train;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.zip.GZIPInputStream;

/**
 * The 1,797 digits, split once by a fixed seed: what the models learn from, what the gate measures,
 * and what the demo sends as traffic. No row is in two of them.
 */
record DigitsSplit(List<Example> train, List<Example> gate, List<Example> replay) {

  private static final int TRAIN = 1078;
  private static final int GATE = 359;
  private static final int REPLAY = 360;
  private static final long SEED = 1998;

  static DigitsSplit read(Path csvGz) throws IOException {
    List<Example> all = new ArrayList<>();
    try (BufferedReader reader =
        new BufferedReader(
            new InputStreamReader(
                new GZIPInputStream(Files.newInputStream(csvGz)), StandardCharsets.US_ASCII))) {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        all.add(Example.parse(line));
      }
    }
    if (all.size() != TRAIN + GATE + REPLAY) {
      throw new IOException(csvGz + ": " + all.size() + " rows (expected 1797)");
    }
    Collections.shuffle(all, new Random(SEED));
    return new DigitsSplit(
        List.copyOf(all.subList(0, TRAIN)),
        List.copyOf(all.subList(TRAIN, TRAIN + GATE)),
        List.copyOf(all.subList(TRAIN + GATE, all.size())));
  }

  /** Writes the three parts as plain CSV: gzip's bytes differ from one zlib to the next. */
  void write(Path directory) throws IOException {
    write(directory.resolve("train.csv"), train);
    write(directory.resolve("gate.csv"), gate);
    write(directory.resolve("replay.csv"), replay);
  }

  private static void write(Path file, List<Example> examples) throws IOException {
    StringBuilder text = new StringBuilder();
    for (Example example : examples) {
      text.append(example.line()).append('\n');
    }
    Files.writeString(file, text, StandardCharsets.US_ASCII);
  }
}
