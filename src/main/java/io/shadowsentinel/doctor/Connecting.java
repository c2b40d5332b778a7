package io.shadowsentinel.doctor;

import io.shadowsentinel.doctor.Finding.Level;
import io.shadowsentinel.text.Printable;
import io.shadowsentinel.tls.ClientTls;
import io.shadowsentinel.tls.TlsFault;
import io.shadowsentinel.tls.TlsMaterial;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.NoRouteToHostException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.UnknownHostException;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;

/** The way to a URL, step by step: name, connection, TLS. Blocks. */
final class Connecting {
  /** A certificate that ends sooner than this is told of. */
  static final Duration CERTIFICATE_WARNING = Duration.ofDays(14);

  private Connecting() {}

  /** The finding for a URL, whose level is at most {@code worst}. */
  static Finding to(
      String check,
      String subject,
      URI url,
      ClientTls tls,
      Duration atMost,
      Level worst,
      Clock clock) {
    String host = DoctorClient.host(url);
    int port = DoctorClient.port(url);
    InetAddress address;
    try {
      address = InetAddress.getByName(host);
    } catch (UnknownHostException e) {
      return new Finding(
          worst,
          check,
          subject,
          "the name " + host + " is not known here",
          "check the spelling in the config, and that this machine or container resolves it: getent"
              + " hosts "
              + host);
    }
    int millis = (int) Math.max(1, Math.min(Integer.MAX_VALUE, atMost.toMillis()));
    long start = System.nanoTime();
    try (Socket socket = new Socket()) {
      socket.connect(new InetSocketAddress(address, port), millis);
      String seen =
          String.format(
              Locale.ROOT,
              "connected to %s in %.1f ms",
              address.getHostAddress(),
              (System.nanoTime() - start) / 1e6);
      if (!url.getScheme().equals("https")) {
        return Finding.ok(check, subject, seen);
      }
      if (!tls.verify()) {
        return Finding.warn(
            check,
            subject,
            seen + ", and tls.verify is false, so that anyone can pass for it",
            "set tls.ca to the authority that signed its certificate");
      }
      socket.setSoTimeout(millis);
      SSLContext context = TlsMaterial.load(tls, clock.instant()).clientContext();
      return secured(check, subject, seen, context, socket, DoctorClient.name(url, tls), clock);
    } catch (TlsFault e) {
      return new Finding(
          worst, check, subject, Printable.describe(e), "correct tls in the config, or the file");
    } catch (SSLException e) {
      return new Finding(
          worst,
          check,
          subject,
          "connected, and TLS failed: " + Printable.describe(e),
          "the certificate must be valid, for "
              + DoctorClient.name(url, tls)
              + ", and signed by an authority of tls.ca, or by one that Java knows where there is"
              + " none");
    } catch (IOException e) {
      return new Finding(
          worst,
          check,
          subject,
          why(e, address, port, millis),
          "start what should listen there, or correct the URL; between machines look at firewalls"
              + " and network policies too");
    }
  }

  private static Finding secured(
      String check,
      String subject,
      String seen,
      SSLContext context,
      Socket socket,
      String name,
      Clock clock)
      throws IOException {
    try (SSLSocket secure =
        (SSLSocket) context.getSocketFactory().createSocket(socket, name, socket.getPort(), true)) {
      SSLParameters parameters = secure.getSSLParameters();
      parameters.setEndpointIdentificationAlgorithm("HTTPS");
      secure.setSSLParameters(parameters);
      secure.startHandshake();
      String detail = seen + ", " + secure.getSession().getProtocol();
      Certificate[] chain = secure.getSession().getPeerCertificates();
      if (chain.length > 0 && chain[0] instanceof X509Certificate certificate) {
        Instant ends = certificate.getNotAfter().toInstant();
        detail += ", certificate until " + ends;
        if (clock.instant().plus(CERTIFICATE_WARNING).isAfter(ends)) {
          return Finding.warn(check, subject, detail, "renew it before then");
        }
      }
      return Finding.ok(check, subject, detail);
    }
  }

  private static String why(IOException e, InetAddress address, int port, int millis) {
    String place = address.getHostAddress() + " port " + port;
    if (e instanceof SocketTimeoutException) {
      return "no connection to " + place + " within " + millis + " ms";
    }
    if (e instanceof NoRouteToHostException) {
      return "no route to " + place;
    }
    return e instanceof ConnectException
        ? "nothing listens at " + place + " (" + Printable.describe(e) + ")"
        : place + ": " + Printable.describe(e);
  }
}
