package io.shadowsentinel.kit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A name server on port 53 of an address of the loopback network, which takes root. Every name has
 * the address 127.0.0.1 and no other; or it says nothing at all. Thread-safe.
 */
public final class FakeDns implements AutoCloseable {
  private static final int HEADER = 12;
  private static final int TYPE_A = 1;

  private final DatagramSocket socket;
  private final int secondsToLive;
  private final AtomicInteger questions = new AtomicInteger();
  private volatile boolean silent;

  private FakeDns(DatagramSocket socket, int secondsToLive) {
    this.socket = socket;
    this.secondsToLive = secondsToLive;
  }

  /**
   * Starts one.
   *
   * @param address 127.x.y.z, which nothing else uses
   * @throws UncheckedIOException where port 53 may not be had
   */
  public static FakeDns start(String address, int secondsToLive) {
    try {
      DatagramSocket socket = new DatagramSocket(null);
      socket.bind(new InetSocketAddress(InetAddress.getByName(address), 53));
      FakeDns dns = new FakeDns(socket, secondsToLive);
      Thread thread = new Thread(dns::serve, "fake-dns");
      thread.setDaemon(true);
      thread.start();
      return dns;
    } catch (IOException notPermitted) {
      throw new UncheckedIOException(notPermitted);
    }
  }

  /** From now on it answers nothing, or answers again. */
  public void silent(boolean now) {
    silent = now;
  }

  /** How many questions came, answered or not. */
  public int questionCount() {
    return questions.get();
  }

  private void serve() {
    byte[] buffer = new byte[1500];
    while (!socket.isClosed()) {
      try {
        DatagramPacket packet = new DatagramPacket(buffer, buffer.length);
        socket.receive(packet);
        questions.incrementAndGet();
        if (!silent) {
          byte[] answer = answer(Arrays.copyOf(buffer, packet.getLength()));
          socket.send(new DatagramPacket(answer, answer.length, packet.getSocketAddress()));
        }
      } catch (IOException atClose) {
        socket.close();
      }
    }
  }

  private byte[] answer(byte[] question) {
    int end = HEADER;
    while (question[end] != 0) {
      end += question[end] + 1;
    }
    end += 5; // the root label, type and class
    int type = ByteBuffer.wrap(question).getShort(end - 4);
    ByteBuffer answer = ByteBuffer.allocate(end + 16);
    answer.put(question, 0, end);
    answer.putShort(2, (short) 0x8180); // a response, without error
    answer.putShort(6, (short) (type == TYPE_A ? 1 : 0));
    answer.putInt(8, 0);
    if (type == TYPE_A) {
      answer.putShort((short) 0xC00C); // the name of the question
      answer.putShort((short) TYPE_A);
      answer.putShort((short) 1);
      answer.putInt(secondsToLive);
      answer.putShort((short) 4);
      answer.put(new byte[] {127, 0, 0, 1});
    }
    return Arrays.copyOf(answer.array(), answer.position());
  }

  @Override
  public void close() {
    socket.close();
  }
}
