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

  /** An image of 640 x 640 x 3 takes some 25 MB as JSON with all its digits. */
  private static final int MAX_BODY_BYTES = 32 << 20;

  /**
   * The share of the heap that one body may take: {@link InferenceHandler} holds four at most, and
   * what is made of them must fit too.
   */
  private static final int SHARE_OF_HEAP = 8;

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

  /** One worker for each processor, 64 requests waiting, bodies of up to 32 MiB. */
  public static ServerSettings at(String host, int port) {
    return at(host, port, defaultMaxBody());
  }

  /** The same, with bodies of another size. */
  public static ServerSettings at(String host, int port, int maxBodyBytes) {
    int processors = Runtime.getRuntime().availableProcessors();
    return new ServerSettings(host, port, maxBodyBytes, processors, QUEUE);
  }

  /** 32 MiB, or as much less as the heap allows. */
  public static int defaultMaxBody() {
    return Math.min(MAX_BODY_BYTES, largestMaxBody());
  }

  /** The largest body that this heap can take: an eighth of it, 1 GiB at most. */
  public static int largestMaxBody() {
    return (int) Math.min(1 << 30, Runtime.getRuntime().maxMemory() / SHARE_OF_HEAP);
  }
}
