package io.shadowsentinel.browser;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.shadowsentinel.kit.Await;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.logging.Level;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.openqa.selenium.By;
import org.openqa.selenium.Keys;
import org.openqa.selenium.NoSuchElementException;
import org.openqa.selenium.StaleElementReferenceException;
import org.openqa.selenium.WebElement;
import org.openqa.selenium.chrome.ChromeDriver;
import org.openqa.selenium.chrome.ChromeDriverService;
import org.openqa.selenium.chrome.ChromeOptions;
import org.openqa.selenium.interactions.Actions;
import org.openqa.selenium.logging.LogEntry;
import org.openqa.selenium.logging.LogType;
import org.openqa.selenium.logging.LoggingPreferences;

/** Chromium without a window, with an empty profile, and what tests do with it. */
final class Browser {
  private static final Duration PATIENCE = Duration.ofSeconds(40);
  private static @Nullable Browser only;

  private final ChromeDriver driver;
  private final Path downloads;

  private Browser(ChromeDriver driver, Path downloads) {
    this.driver = driver;
    this.downloads = downloads;
  }

  /**
   * The browser, started when it is first asked for; it ends with the tests. Skips the test where
   * there is none, which the launcher allows outside CI only.
   */
  static synchronized Browser get() {
    if (only == null) {
      Optional<Path> chromium = onPath("chromium", "chromium-browser", "google-chrome");
      Optional<Path> chromedriver = onPath("chromedriver");
      assumeTrue(
          chromium.isPresent() && chromedriver.isPresent(),
          "no browser on the PATH (expected chromium and chromedriver)");
      only = start(chromium.orElseThrow(), chromedriver.orElseThrow());
      ChromeDriver started = only.driver;
      Runtime.getRuntime().addShutdownHook(new Thread(started::quit, "browser-end"));
    }
    return only;
  }

  private static Browser start(Path chromium, Path chromedriver) {
    try {
      Path home = Files.createTempDirectory("sentinel-browser");
      Path downloads = Files.createDirectory(home.resolve("downloads"));
      ChromeOptions options =
          new ChromeOptions()
              .setBinary(chromium.toFile())
              .addArguments(
                  "--headless=new",
                  "--no-sandbox",
                  "--disable-gpu",
                  "--disable-quic",
                  "--disable-dev-shm-usage",
                  "--no-first-run",
                  "--disable-background-networking",
                  "--disable-component-update",
                  "--disable-sync",
                  "--hide-scrollbars",
                  "--user-data-dir=" + home.resolve("profile"))
              .setExperimentalOption(
                  "prefs", Map.of("download.default_directory", downloads.toString()));
      LoggingPreferences logs = new LoggingPreferences();
      logs.enable(LogType.BROWSER, Level.ALL);
      options.setCapability("goog:loggingPrefs", logs);
      // Named outright, so that nothing is looked for or fetched.
      ChromeDriverService service =
          new ChromeDriverService.Builder()
              .usingDriverExecutable(chromedriver.toFile())
              .usingAnyFreePort()
              .build();
      return new Browser(new ChromeDriver(service, options), downloads);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Optional<Path> onPath(String... names) {
    String path = System.getenv().getOrDefault("PATH", "");
    return Stream.of(names)
        .flatMap(name -> Stream.of(path.split(":")).map(folder -> Path.of(folder, name)))
        .filter(Files::isExecutable)
        .findFirst();
  }

  ChromeDriver driver() {
    return driver;
  }

  /** Where the browser puts what is downloaded. */
  Path downloads() {
    return downloads;
  }

  /** Opens a page anew, in a light window of 1440 by 900, with nothing left in the console. */
  Browser open(String url) {
    driver.get("about:blank");
    size(1440, 900);
    dark(false);
    console();
    driver.get(url);
    return this;
  }

  void size(int width, int height) {
    driver.executeCdpCommand(
        "Emulation.setDeviceMetricsOverride",
        Map.of("width", width, "height", height, "deviceScaleFactor", 1, "mobile", false));
  }

  void dark(boolean dark) {
    driver.executeCdpCommand(
        "Emulation.setEmulatedMedia",
        Map.of(
            "features",
            List.of(
                Map.of("name", "prefers-color-scheme", "value", dark ? "dark" : "light"),
                Map.of("name", "prefers-reduced-motion", "value", "reduce"))));
  }

  /** Goes to a view of the page that is open, without loading it again. */
  void go(String hash) {
    script("location.hash = arguments[0]", hash);
  }

  @Nullable Object script(String script, Object... arguments) {
    return driver.executeScript(script, arguments);
  }

  /** Waits for an element that is shown. */
  WebElement find(String css) {
    return Await.value(
            css + " is shown",
            PATIENCE,
            () ->
                driver.findElements(By.cssSelector(css)).stream()
                    .filter(Browser::shown)
                    .findFirst(),
            Optional::isPresent)
        .orElseThrow();
  }

  /** The element that is shown, if there is one now. */
  boolean has(String css) {
    return driver.findElements(By.cssSelector(css)).stream().anyMatch(Browser::shown);
  }

  private static boolean shown(WebElement element) {
    try {
      return element.isDisplayed();
    } catch (StaleElementReferenceException replaced) {
      return false;
    }
  }

  /** Waits until the text of an element holds these words. */
  void awaitText(String css, String words) {
    Await.value(css + " says: " + words, PATIENCE, () -> text(css), text -> text.contains(words));
  }

  /** The text of the first such element, or none. */
  String text(String css) {
    try {
      return driver.findElement(By.cssSelector(css)).getText();
    } catch (NoSuchElementException | StaleElementReferenceException notNow) {
      return "";
    }
  }

  void click(String css) {
    Await.until(
        css + " can be clicked",
        PATIENCE,
        () -> {
          try {
            find(css).click();
            return true;
          } catch (StaleElementReferenceException replaced) {
            return false;
          }
        });
  }

  /** Types with the keyboard into whatever has the focus. */
  void type(CharSequence... keys) {
    new Actions(driver).sendKeys(keys).perform();
  }

  /** Goes on with the tabulator until the focus is on such an element. */
  void tabTo(String css) {
    for (int i = 0; i < 60; i++) {
      type(Keys.TAB);
      if (Boolean.TRUE.equals(script("return document.activeElement.matches(arguments[0])", css))) {
        return;
      }
    }
    throw new AssertionError("60 tabs do not reach " + css);
  }

  /** What the console says since it was last asked. */
  List<String> console() {
    return driver.manage().logs().get(LogType.BROWSER).getAll().stream()
        .map(LogEntry::toString)
        .toList();
  }

  /** What axe-core finds of impact serious or critical, a line each. */
  List<String> accessibilityFaults() {
    script(axe());
    Object found =
        driver.executeAsyncScript(
            """
            const done = arguments[arguments.length - 1];
            axe.run(document, {resultTypes: ['violations']}).then((result) => done(result.violations
              .filter((each) => ['serious', 'critical'].includes(each.impact))
              .map((each) => each.id + ': ' + each.help + ' at '
                + each.nodes.slice(0, 3).map((node) => node.html + ' ' + node.failureSummary).join(' | '))));
            """);
    return ((List<?>) found).stream().map(String::valueOf).toList();
  }

  private static String axe() {
    try (var in = Browser.class.getResourceAsStream("/axe.min.js")) {
      if (in == null) {
        throw new AssertionError("/axe.min.js is not on the class path");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
