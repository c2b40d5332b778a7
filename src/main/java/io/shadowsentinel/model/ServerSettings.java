package io.shadowsentinel.model;

/**
 * How a model is served.
 *
 * @param port 0 for any that is free
 * @param maxBodyBytes the largest request body that is read; a larger one is answered 413
 * @param workers how many inferences run at once, 1 or more
 * @param queue how many requests may wait for a worker, 1 or more; the next is answered 503
 */
public record ServerSettings(String host, int port, int maxBodyBytes, int workers, int queue) {

  private static final int MAX_BODY_BYTES = 4 << 20;
  private static final int QUEUE = 64;

  public ServerSettings {
    if (port < 0 || port > 65_535) {
      throw new IllegalArgumentException("port: " + port + " (expected 0..65535)");
    }
    if (maxBodyBytes < 1 || workers < 1 || queue < 1) {
      throw new IllegalArgumentException(
          "maxBodyBytes %d, workers %d, queue %d (expected 1 or more)"
              .formatted(maxBodyBytes, workers, queue));
    }
  }

  /** One worker for each processor, 64 requests waiting, bodies of up to 4 MiB. */
  public static ServerSettings at(String host, int port) {
    int processors = Runtime.getRuntime().availableProcessors();
    return new ServerSettings(host, port, MAX_BODY_BYTES, processors, QUEUE);
  }
}
