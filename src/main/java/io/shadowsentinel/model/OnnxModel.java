package io.shadowsentinel.model;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OnnxValue;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * An ONNX model that is loaded and ready. Loading and inference block: keep them off event loops.
 * Any number of threads may infer at once; each inference runs on the thread that asked for it.
 *
 * <p>Beside the model's own outputs there may be one more, {@code label}: the name of the class
 * with the highest score, where the model gives scores and class names but no label.
 */
public final class OnnxModel implements AutoCloseable {

  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,127}");

  private final String name;
  private final ModelDescription description;
  private final OrtSession session;
  private final NativeTensors tensors;

  /** A session that is closed under a running inference takes the process down with it. */
  private final ReadWriteLock lock = new ReentrantReadWriteLock();

  private boolean closed;

  private OnnxModel(
      String name, OrtSession session, NativeTensors tensors, ModelDescription description) {
    this.name = name;
    this.session = session;
    this.tensors = tensors;
    this.description = description;
  }

  /**
   * Loads a file.
   *
   * @param name what clients call it: letters, digits, dots, dashes and underscores, up to 128
   * @throws ModelLoadException when there is no such file, it is no ONNX model, or it has inputs or
   *     outputs that cannot be served
   */
  public static OnnxModel load(Path file, String name) throws ModelLoadException {
    if (!Files.isRegularFile(file) || !Files.isReadable(file)) {
      throw new ModelLoadException(file + ": not a file that can be read (expected a model)");
    }
    return open(
        file.toString(), name, options -> environment().createSession(file.toString(), options));
  }

  /**
   * Loads a model that is in memory.
   *
   * @param origin where it came from, for messages
   */
  public static OnnxModel load(byte[] bytes, String origin, String name) throws ModelLoadException {
    return open(origin, name, options -> environment().createSession(bytes, options));
  }

  public String name() {
    return name;
  }

  /** The version that clients may name in a path. */
  public String version() {
    return description.version();
  }

  public List<TensorSpec> inputs() {
    return description.inputs();
  }

  /** In the model's order; the label that is made here, if one is, comes last. */
  public List<TensorSpec> outputs() {
    return description.outputs();
  }

  /** The names of the classes, as the model's metadata has them; null without. */
  public @Nullable List<String> classes() {
    return description.classes();
  }

  /**
   * Reads the JSON of an Open Inference request and holds it against what this model takes.
   *
   * @return one tensor for each of {@link #inputs()}
   * @throws InvalidRequestException when the body is not a request that this model can take
   */
  public List<Tensor> read(byte[] request) {
    return new RequestReader(inputs(), outputs()).read(request, null, bytes -> true).inputs();
  }

  /**
   * Runs the model.
   *
   * @param inputs one for each of {@link #inputs()}, of its type and shape
   * @param outputs the names of the outputs to give; empty for all
   * @return the outputs in the order asked for
   * @throws InferenceException when the model fails
   * @throws IllegalStateException after {@link #close()}
   */
  public List<Tensor> infer(List<Tensor> inputs, Set<String> outputs) {
    lock.readLock().lock();
    try {
      if (closed) {
        throw new IllegalStateException("model " + name + " is closed");
      }
      return run(inputs, outputs.isEmpty() ? outputNames() : outputs);
    } catch (OrtException e) {
      if (e.getCode() == OrtException.OrtErrorCode.ORT_INVALID_ARGUMENT) {
        throw new InvalidRequestException(OneLine.of(e));
      }
      throw new InferenceException(OneLine.of(e), e);
    } finally {
      lock.readLock().unlock();
    }
  }

  /** Waits for the inferences under way and frees the model's memory. */
  @Override
  public void close() {
    lock.writeLock().lock();
    try {
      if (!closed) {
        closed = true;
        session.close();
        tensors.close();
      }
    } catch (OrtException e) {
      throw new IllegalStateException("model " + name + " does not close", e);
    } finally {
      lock.writeLock().unlock();
    }
  }

  private List<Tensor> run(List<Tensor> inputs, Set<String> wanted) throws OrtException {
    Set<String> own = new LinkedHashSet<>(wanted);
    if (description.madeLabel() != null && own.remove(description.madeLabel())) {
      own.add(Objects.requireNonNull(description.scores()));
    }
    Map<String, Tensor> results = new LinkedHashMap<>();
    if (inputs.stream().allMatch(OnnxModel::hasNoRow)) {
      // ONNX Runtime's Java cannot read a sequence that is empty.
      description.maps().stream()
          .filter(own::remove)
          .forEach(map -> results.put(map, OutputReader.noRows(spec(map))));
    }
    if (own.isEmpty()) {
      return inOrder(wanted, results);
    }
    Map<String, OnnxTensor> natives = new LinkedHashMap<>();
    try {
      for (Tensor input : inputs) {
        natives.put(input.name(), tensors.make(input));
      }
      try (OrtSession.Result result = session.run(natives, own)) {
        for (Map.Entry<String, OnnxValue> value : result) {
          results.put(value.getKey(), OutputReader.read(spec(value.getKey()), value.getValue()));
        }
      }
      return inOrder(wanted, results);
    } finally {
      natives.values().forEach(OnnxTensor::close);
    }
  }

  private static boolean hasNoRow(Tensor tensor) {
    return !tensor.shape().isEmpty() && tensor.shape().get(0) == 0;
  }

  private List<Tensor> inOrder(Set<String> wanted, Map<String, Tensor> results) {
    List<Tensor> tensors = new ArrayList<>(wanted.size());
    for (String output : wanted) {
      Tensor tensor = results.get(output);
      if (tensor == null) {
        tensor = Scores.label(output, Objects.requireNonNull(results.get(description.scores())));
      }
      tensors.add(tensor);
    }
    return tensors;
  }

  private Set<String> outputNames() {
    Set<String> names = new LinkedHashSet<>();
    outputs().forEach(output -> names.add(output.name()));
    return names;
  }

  private TensorSpec spec(String output) {
    return outputs().stream().filter(o -> o.name().equals(output)).findFirst().orElseThrow();
  }

  private static OrtEnvironment environment() {
    return OrtEnvironment.getEnvironment(OrtLoggingLevel.ORT_LOGGING_LEVEL_ERROR);
  }

  private interface Opener {
    OrtSession open(OrtSession.SessionOptions options) throws OrtException;
  }

  private static OnnxModel open(String origin, String name, Opener opener)
      throws ModelLoadException {
    if (!NAME.matcher(name).matches()) {
      throw new ModelLoadException(
          "model name '"
              + OneLine.value(name)
              + "' (expected letters, digits, '.', '_' and '-', up to 128)");
    }
    try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
      // Requests run side by side, each on one thread: more threads each would only contend.
      options.setIntraOpNumThreads(1);
      options.setInterOpNumThreads(1);
      // A failed inference is told by its exception, and not by a second line on stderr.
      options.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL);
      OrtSession session = opener.open(options);
      try {
        ModelDescription description = ModelDescription.of(session);
        NativeTensors tensors = NativeTensors.of(environment(), options, description.inputs());
        return new OnnxModel(name, session, tensors, description);
      } catch (ModelLoadException | OrtException | RuntimeException e) {
        session.close();
        throw e;
      }
    } catch (OrtException e) {
      throw new ModelLoadException(origin + ": not a model that loads: " + OneLine.of(e), e);
    } catch (ModelLoadException e) {
      throw new ModelLoadException(origin + ": " + e.getMessage(), e);
    }
  }
}
