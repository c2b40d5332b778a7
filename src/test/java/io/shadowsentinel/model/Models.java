package io.shadowsentinel.model;

import java.nio.file.Path;

/** Where the tests' models lie. */
public final class Models {

  public static final Path DIGITS = Path.of("models/digits");
  public static final Path CHAMPION = DIGITS.resolve("champion.onnx");
  public static final Path GOOD = DIGITS.resolve("challenger-good.onnx");
  public static final Path BAD = DIGITS.resolve("challenger-bad.onnx");
  public static final Path GATE = DIGITS.resolve("data/gate.csv");
  public static final Path REPLAY = DIGITS.resolve("data/replay.csv");

  private Models() {}

  /** A file that {@code mvn -Ptrain} wrote. */
  public static Path fixture(String name) {
    return Path.of("src/test/resources/io/shadowsentinel/model", name + ".onnx");
  }

  static OnnxModel load(Path file) throws ModelLoadException {
    return OnnxModel.load(file, "digits");
  }
}
