package io.shadowsentinel.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.shadowsentinel.kit.TestCa;
import io.shadowsentinel.kit.TestCa.Issued;
import io.shadowsentinel.kit.TestCa.Wanted;
import java.math.BigInteger;
import java.nio.file.Path;
import java.security.AlgorithmParameters;
import java.security.KeyPairGenerator;
import java.security.interfaces.ECPrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.List;
import javax.crypto.Cipher;
import javax.crypto.EncryptedPrivateKeyInfo;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TlsMaterialTest {
  private static final TestCa CA = TestCa.create("Test CA");

  @TempDir private Path directory;

  private Tls written(String certPem, String keyPem) {
    return new Tls(
        TestCa.put(directory.resolve("server.pem"), certPem),
        TestCa.put(directory.resolve("server.key"), keyPem),
        null);
  }

  private Tls written(Issued issued) {
    return written(issued.chainPem(), issued.keyPem());
  }

  private static TlsMaterial load(TlsSettings settings) throws TlsFault {
    return TlsMaterial.load(settings, Instant.now());
  }

  private List<String> faults(TlsSettings settings) {
    return TlsMaterial.faults(settings, Instant.now()).stream()
        .map(fault -> fault.part() + " " + fault.what() + " (" + fault.expected() + ")")
        .map(text -> text.replace(directory.toString(), "DIR"))
        .toList();
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void pkcs8Key_ofEitherKind_isLoaded(boolean rsa) throws Exception {
    Wanted wanted = new Wanted("localhost").named("localhost");
    TlsMaterial material = load(written(CA.issue(rsa ? wanted.rsa() : wanted)));

    assertThat(material.keys()).isNotNull();
    assertThat(material.trust()).isNull();
    assertThat(material).asString().startsWith("CN=localhost, valid until ");
  }

  @Test
  void traditionalRsaKey_isLoaded() throws Exception {
    Issued issued = CA.issue(new Wanted("localhost").rsa());
    // PKCS#8 is a head of 26 bytes around the PKCS#1 key, for keys of 2048 bits.
    byte[] pkcs8 = issued.key().getEncoded();
    String pem = TestCa.pem("RSA PRIVATE KEY", Arrays.copyOfRange(pkcs8, 26, pkcs8.length));

    assertThat(load(written(issued.chainPem(), pem)).keys()).isNotNull();
  }

  @Test
  void traditionalEcKey_afterItsParameters_isLoaded() throws Exception {
    Issued issued = CA.issue();
    byte[] curve = curve((ECPrivateKey) issued.key());
    byte[] number = fixed(((ECPrivateKey) issued.key()).getS(), 32);
    byte[] sec1 = new byte[2 + 3 + 2 + 32 + 2 + curve.length];
    byte[] head = {0x30, (byte) (sec1.length - 2), 2, 1, 1, 4, 32};
    System.arraycopy(head, 0, sec1, 0, head.length);
    System.arraycopy(number, 0, sec1, 7, 32);
    sec1[39] = (byte) 0xa0;
    sec1[40] = (byte) curve.length;
    System.arraycopy(curve, 0, sec1, 41, curve.length);
    String pem = TestCa.pem("EC PARAMETERS", curve) + TestCa.pem("EC PRIVATE KEY", sec1);

    assertThat(load(written(issued.chainPem(), pem)).keys()).isNotNull();
  }

  private static byte[] curve(ECPrivateKey key) throws Exception {
    AlgorithmParameters parameters = AlgorithmParameters.getInstance("EC");
    parameters.init(key.getParams());
    return parameters.getEncoded();
  }

  private static byte[] fixed(BigInteger number, int length) {
    byte[] bytes = number.toByteArray();
    byte[] fixed = new byte[length];
    int from = Math.max(0, bytes.length - length);
    System.arraycopy(bytes, from, fixed, length - (bytes.length - from), bytes.length - from);
    return fixed;
  }

  @Test
  void encryptedKey_isRefused_withTheWayOut() throws Exception {
    Issued issued = CA.issue();
    String algorithm = "PBEWithSHA1AndDESede";
    Cipher cipher = Cipher.getInstance(algorithm);
    cipher.init(
        Cipher.ENCRYPT_MODE,
        SecretKeyFactory.getInstance(algorithm)
            .generateSecret(new PBEKeySpec("sesame".toCharArray())));
    byte[] encrypted =
        new EncryptedPrivateKeyInfo(
                cipher.getParameters(), cipher.doFinal(issued.key().getEncoded()))
            .getEncoded();

    assertThat(faults(written(issued.chainPem(), TestCa.pem("ENCRYPTED PRIVATE KEY", encrypted))))
        .containsExactly(
            "KEY which is encrypted (a key without a passphrase, as openssl pkey -in FILE writes"
                + " it)");
  }

  @Test
  void encryptedTraditionalKey_isRefusedAsOne() {
    Issued issued = CA.issue();
    String pem =
        TestCa.pem("RSA PRIVATE KEY", new byte[100])
            .replace(
                "KEY-----\nA", "KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-256-CBC,00\n\nA");

    assertThat(faults(written(issued.chainPem(), pem)))
        .singleElement()
        .asString()
        .startsWith("KEY which is encrypted");
  }

  @Test
  void keyOfAnotherCertificate_isRefused() {
    assertThat(faults(written(CA.issue().chainPem(), CA.issue().keyPem())))
        .containsExactly(
            "KEY which is not the key of the certificate in DIR/server.pem (the private key of"
                + " that)");
  }

  @Test
  void keyOfAnotherKind_isRefused() {
    Issued rsa = CA.issue(new Wanted("localhost").rsa());

    assertThat(faults(written(CA.issue().chainPem(), rsa.keyPem())))
        .singleElement()
        .asString()
        .startsWith("KEY which is not the key of");
  }

  @Test
  void keyThatTlsHasNoUseFor_isRefused() throws Exception {
    byte[] ed25519 =
        KeyPairGenerator.getInstance("Ed25519").generateKeyPair().getPrivate().getEncoded();

    assertThat(faults(written(CA.issue().chainPem(), TestCa.pem("PRIVATE KEY", ed25519))))
        .containsExactly(
            "KEY whose key cannot be decoded (an RSA or EC key, PKCS#8, PKCS#1 or SEC1)");
  }

  @Test
  void certificate_atItsEnd_isValid_andASecondLaterRefused() throws Exception {
    Instant end = Instant.now().truncatedTo(ChronoUnit.SECONDS).plusSeconds(100);
    Tls tls = written(CA.issue(new Wanted("localhost").valid(end.minus(Duration.ofDays(1)), end)));

    assertThat(TlsMaterial.load(tls, end).expiresAt()).isEqualTo(end);
    assertThatThrownBy(() -> TlsMaterial.load(tls, end.plusSeconds(1)))
        .isInstanceOf(TlsFault.class)
        .hasMessage(
            tls.cert()
                + ", whose certificate expired at "
                + end
                + " (expected one that is valid now)");
  }

  @Test
  void certificate_beforeItsBegin_isRefused() {
    Instant begin = Instant.now().truncatedTo(ChronoUnit.SECONDS).plusSeconds(1000);
    Issued early = CA.issue(new Wanted("localhost").valid(begin, begin.plus(Duration.ofDays(1))));

    assertThat(faults(written(early)))
        .containsExactly(
            "CERT whose certificate is not valid before " + begin + " (one that is valid now)");
  }

  @Test
  void expiry_ofAChain_isThatOfItsFirstToEnd() throws Exception {
    Instant end = Instant.now().truncatedTo(ChronoUnit.SECONDS).plus(Duration.ofDays(300));
    Issued issued =
        CA.intermediate("Below")
            .issue(new Wanted("localhost").valid(Instant.now().minusSeconds(1), end));

    assertThat(issued.chain()).hasSize(2);
    assertThat(load(written(issued)).expiresAt())
        .isEqualTo(issued.chain().get(1).getNotAfter().toInstant())
        .isBefore(end);
  }

  @Test
  void chain_outOfOrder_isRefused() {
    Issued issued = CA.intermediate("Below").issue();
    Issued mixed =
        new Issued(
            List.of(issued.chain().get(0), CA.issue().chain().get(0), issued.chain().get(1)),
            issued.key());

    assertThat(faults(written(mixed)))
        .containsExactly(
            "CERT whose certificate 2 has not signed the one before it (the own certificate first,"
                + " each followed by the one that signed it)");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "''                                      | which holds no certificate",
        "hello                                   | which holds no certificate",
        "-----BEGIN CERTIFICATE-----             | which is damaged",
        "-----BEGIN CERTIFICATE-----~-----END CERTIFICATE----- | whose certificate 1 cannot be",
        "-----BEGIN CERTIFICATE-----?-----END CERTIFICATE----- | which is damaged",
        "-----BEGIN CERTIFICATE-----AAAA-----END CERTIFICATE----- | whose certificate 1 cannot be",
      })
  void certificateFile_thatHoldsNone_saysSo(String content, String fault) {
    assertThat(faults(written(content.replace('~', '\n'), CA.issue().keyPem())))
        .singleElement()
        .asString()
        .startsWith("CERT " + fault);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "''                                                        | which holds no private key",
        "-----BEGIN PRIVATE KEY-----AAAA-----END PRIVATE KEY-----  | whose key cannot be decoded",
        "-----BEGIN EC PRIVATE KEY-----AAAA-----END EC PRIVATE KEY-----   | whose key cannot be",
        "-----BEGIN EC PRIVATE KEY-----MDA=-----END EC PRIVATE KEY-----   | whose key cannot be",
        "-----BEGIN RSA PRIVATE KEY-----AAAA-----END RSA PRIVATE KEY----- | whose key cannot be",
        "-----BEGIN DSA PRIVATE KEY-----AAAA-----END DSA PRIVATE KEY----- | whose key cannot be",
      })
  void keyFile_thatHoldsNone_saysSo(String content, String fault) {
    assertThat(faults(written(CA.issue().chainPem(), content)))
        .singleElement()
        .asString()
        .startsWith("KEY " + fault);
  }

  @Test
  void keyFile_withTwoKeys_isRefused() {
    Issued issued = CA.issue();

    assertThat(faults(written(issued.chainPem(), issued.keyPem() + CA.issue().keyPem())))
        .singleElement()
        .asString()
        .startsWith("KEY which holds 2 keys");
  }

  @Test
  void certificateAndKey_inOneFile_areLoaded() throws Exception {
    Issued issued = CA.issue();
    Path both = TestCa.put(directory.resolve("both.pem"), issued.chainPem() + issued.keyPem());

    assertThat(load(new Tls(both, both, null)).keys()).isNotNull();
  }

  @Test
  void files_thatAreNotThere_areNamedEach() {
    Path no = directory.resolve("no");

    assertThat(faults(new Tls(no, directory, no)))
        .containsExactly(
            "CERT which cannot be read (a PEM file)",
            "KEY which cannot be read (a PEM file)",
            "AUTHORITIES which cannot be read (a PEM file)");
  }

  @Test
  void file_ofOneByteTooMany_isRefused_andOneLessIsRead() {
    Issued issued = CA.issue();
    String pem = issued.chainPem();
    String filled = pem + " ".repeat(TlsFiles.MAX_BYTES - pem.length());

    assertThat(faults(written(filled, issued.keyPem()))).isEmpty();
    assertThat(faults(written(filled + " ", issued.keyPem())))
        .containsExactly("CERT which is too large (a PEM file of at most 1 MiB)");
  }

  @Test
  void authorities_oneOfThemExpired_areTaken_andAllOfThemRefused() throws Exception {
    String expired = CA.issue(new Wanted("Old CA").expired()).chainPem();
    Path mixed = TestCa.put(directory.resolve("mixed.pem"), expired + CA.pem());
    Path old = TestCa.put(directory.resolve("old.pem"), expired);

    assertThat(load(new ClientTls(mixed, null, null, null, true)).trust()).isNotNull();
    assertThat(faults(new ClientTls(old, null, null, null, true)))
        .singleElement()
        .asString()
        .startsWith("AUTHORITIES whose certificate expired at ");
  }

  @Test
  void settings_withoutFiles_needNone() throws Exception {
    assertThat(load(ClientTls.DEFAULTS)).isSameAs(TlsMaterial.NONE);
  }

  @Test
  void textForm_ofFilesAndMaterial_holdsNoKey() throws Exception {
    Issued issued = CA.issue();
    Tls tls = written(issued);
    String secret = issued.keyPem().lines().skip(1).findFirst().orElseThrow();
    assertThat(new PKCS8EncodedKeySpec(issued.key().getEncoded()).getEncoded()).isNotEmpty();

    assertThat(TlsFiles.read(tls) + " " + load(tls)).doesNotContain(secret);
  }
}
