package io.shadowsentinel.kit;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/** What upstreams do in production, the bad ones above all. */
public final class Behaviours {
  private Behaviours() {}

  /** Answers as it should. */
  public static Behaviour reply(Reply reply) {
    return (request, wire) -> {
      byte[] head = reply.head();
      byte[] body = reply.wireBody(request.method());
      byte[] whole = Arrays.copyOf(head, head.length + body.length);
      System.arraycopy(body, 0, whole, head.length, body.length);
      wire.write(whole);
      boolean clientCloses = request.headers().hasToken("Connection", "close");
      if (reply.close() || clientCloses) {
        wire.close();
      }
    };
  }

  /** Answers each request with what is made of it. */
  public static Behaviour replying(Function<RecordedRequest, Reply> maker) {
    return (request, wire) -> reply(maker.apply(request)).answer(request, wire);
  }

  /** Behaves, for each request, as it says. */
  public static Behaviour choosing(Function<RecordedRequest, Behaviour> chooser) {
    return (request, wire) -> chooser.apply(request).answer(request, wire);
  }

  /** Behaves as each in turn, and as the last one ever after. */
  public static Behaviour sequence(Behaviour... steps) {
    List<Behaviour> all = List.of(steps);
    AtomicInteger next = new AtomicInteger();
    return (request, wire) -> {
      int step = next.getAndUpdate(n -> Math.min(n + 1, all.size() - 1));
      all.get(step).answer(request, wire);
    };
  }

  /** Waits, then behaves. */
  public static Behaviour delayed(Duration delay, Behaviour then) {
    return (request, wire) -> {
      wire.pause(delay);
      then.answer(request, wire);
    };
  }

  /** Takes the request and never answers. */
  public static Behaviour never() {
    return (request, wire) -> {
      wire.awaitPeerClose();
      throw new IOException("the peer gave up");
    };
  }

  /** Resets each connection as soon as it is there. */
  public static Behaviour resetOnConnect() {
    return new Behaviour() {
      @Override
      public void connected(Wire wire) throws IOException {
        wire.reset();
      }

      @Override
      public void answer(RecordedRequest request, Wire wire) throws IOException {
        wire.reset(); // a connection from before the behaviour was changed to this one
      }
    };
  }

  /** Takes the request, then resets. */
  public static Behaviour resetOnRequest() {
    return (request, wire) -> wire.reset();
  }

  /** Takes the request, then closes in order without a word. */
  public static Behaviour closeOnRequest() {
    return (request, wire) -> wire.close();
  }

  /** Sends the head and half of the body, then resets after {@code delay}. */
  public static Behaviour resetMidway(Reply reply, Duration delay) {
    return (request, wire) -> {
      sendHalf(reply, request, wire);
      wire.pause(delay);
      wire.reset();
    };
  }

  /** Sends the head and half of the body, then closes in order. */
  public static Behaviour closeEarly(Reply reply) {
    return (request, wire) -> {
      sendHalf(reply, request, wire);
      wire.close();
    };
  }

  /** Sends the head and half of the body, then nothing more. */
  public static Behaviour stallMidway(Reply reply) {
    return (request, wire) -> {
      sendHalf(reply, request, wire);
      never().answer(request, wire);
    };
  }

  /** Sends bytes that are no HTTP, then closes. */
  public static Behaviour garbage() {
    byte[] noise = Bodies.noise(512, 7);
    noise[0] = 0;
    return (request, wire) -> {
      wire.write(noise);
      wire.write("\r\n\r\n");
      wire.close();
    };
  }

  /** Sends exactly these bytes and leaves the connection open. */
  public static Behaviour raw(byte[] bytes) {
    return (request, wire) -> wire.write(bytes);
  }

  /** Sends chunks as fast as they are taken, and never ends. */
  public static Behaviour endlessBody() {
    byte[] data = new byte[16 * 1024];
    Arrays.fill(data, (byte) 'x');
    return (request, wire) -> {
      wire.write(
          "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
              + "Transfer-Encoding: chunked\r\n\r\n");
      while (true) {
        wire.write(Integer.toHexString(data.length) + "\r\n");
        wire.write(data);
        wire.write("\r\n");
      }
    };
  }

  /** Sends header lines without end. */
  public static Behaviour endlessHeaders() {
    return (request, wire) -> {
      wire.write("HTTP/1.1 200 OK\r\n");
      for (int i = 0; ; i++) {
        wire.write("X-More-" + i + ": " + "y".repeat(100) + "\r\n");
      }
    };
  }

  /** A body of so many MiB with its length, made as it is sent. */
  public static Behaviour hugeBody(int mebibytes) {
    byte[] mebibyte = new byte[1 << 20];
    Arrays.fill(mebibyte, (byte) '7');
    return (request, wire) -> {
      wire.write(
          "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: "
              + ((long) mebibytes << 20)
              + "\r\n\r\n");
      for (int i = 0; i < mebibytes; i++) {
        wire.write(mebibyte);
      }
    };
  }

  /** Sends head and body one byte at a time, {@code gap} before each. */
  public static Behaviour trickle(Reply reply, Duration gap) {
    return (request, wire) -> {
      trickle(reply.head(), gap, wire);
      trickle(reply.wireBody(request.method()), gap, wire);
    };
  }

  /** Sends the head at once and the body in parts, {@code gap} before each: a stream of events. */
  public static Behaviour streaming(Duration gap, String... parts) {
    return (request, wire) -> {
      wire.write(
          "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n"
              + "Transfer-Encoding: chunked\r\n\r\n");
      for (String part : parts) {
        wire.pause(gap);
        int length = part.getBytes(ISO_8859_1).length;
        wire.write(Integer.toHexString(length) + "\r\n" + part + "\r\n");
      }
      wire.write("0\r\n\r\n");
    };
  }

  /** Switches protocols, then sends back every byte that comes. */
  public static Behaviour upgradeThenEcho() {
    return (request, wire) -> {
      String key = request.headers().first("Sec-WebSocket-Key").orElse("");
      wire.write(
          "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: "
              + request.headers().first("Upgrade").orElse("echo")
              + "\r\nSec-WebSocket-Accept: "
              + acceptOf(key)
              + "\r\n\r\n");
      byte[] buffer = new byte[8192];
      for (int n = wire.in().read(buffer); n >= 0; n = wire.in().read(buffer)) {
        wire.write(Arrays.copyOf(buffer, n));
      }
      wire.close();
    };
  }

  private static String acceptOf(String key) {
    try {
      return Base64.getEncoder()
          .encodeToString(
              MessageDigest.getInstance("SHA-1")
                  .digest((key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11").getBytes(ISO_8859_1)));
    } catch (NoSuchAlgorithmException everyJdkHasIt) {
      throw new IllegalStateException(everyJdkHasIt);
    }
  }

  private static void sendHalf(Reply reply, RecordedRequest request, Wire wire) throws IOException {
    byte[] body = reply.wireBody(request.method());
    wire.write(reply.head());
    wire.write(Arrays.copyOf(body, body.length / 2));
  }

  private static void trickle(byte[] bytes, Duration gap, Wire wire) throws IOException {
    for (byte b : bytes) {
      wire.pause(gap);
      wire.write(new byte[] {b});
    }
  }
}
