package io.shadowsentinel;

import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaPackage;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.GeneralCodingRules;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Keeps the table of packages true: who may import whom, and what may happen where. */
class ArchitectureTest {
  private static final String ROOT = "io.shadowsentinel";

  /** Each package with those it may import beside {@code bus} and {@code text}, which all may. */
  private static final Map<String, Set<String>> MAY_IMPORT =
      Map.ofEntries(
          Map.entry("bus", Set.of()),
          Map.entry("text", Set.of()),
          Map.entry("exchange", Set.of()),
          Map.entry("model", Set.of()),
          Map.entry("gate", Set.of("model")),
          Map.entry("tls", Set.of()),
          Map.entry("route", Set.of("tls")),
          Map.entry("compare", Set.of("tls", "route", "exchange")),
          Map.entry("decide", Set.of("route", "compare", "exchange")),
          Map.entry("wire", Set.of()),
          Map.entry("listen", Set.of("tls", "wire")),
          Map.entry("upstream", Set.of("tls", "wire", "route")),
          Map.entry("proxy", Set.of("tls", "wire", "listen", "upstream", "route", "exchange")),
          Map.entry("admin", Set.of("tls", "route", "decide")),
          Map.entry("alert", Set.of("tls", "route", "decide")),
          Map.entry("config", Set.of("tls", "route", "compare", "decide")),
          Map.entry(
              "cli",
              Set.of(
                  "exchange",
                  "tls",
                  "model",
                  "gate",
                  "route",
                  "compare",
                  "decide",
                  "wire",
                  "listen",
                  "upstream",
                  "proxy",
                  "admin",
                  "alert",
                  "config")));

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages(ROOT);

  static Set<String> packages() {
    return new TreeSet<>(MAY_IMPORT.keySet());
  }

  @ParameterizedTest
  @MethodSource("packages")
  void package_importsOfOurs_areThoseOfTheTable(String name) {
    String[] forbidden =
        packages().stream()
            .filter(other -> !other.equals(name) && !Set.of("bus", "text").contains(other))
            .filter(other -> !MAY_IMPORT.get(name).contains(other))
            .map(ArchitectureTest::in)
            .toArray(String[]::new);
    // An empty list means that all are allowed, which resideInAnyPackage() takes as none.
    check(
        noClasses()
            .that()
            .resideInAPackage(in(name))
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(forbidden));
  }

  /** Fails as well when a name in the table is mistyped, for then the real one is missing. */
  @Test
  void classes_all_areInAPackageOfTheTable() {
    assertThat(presentPackages()).isNotEmpty().isSubsetOf(packages());
  }

  @Test
  void table_everyPackage_hasClasses() {
    assertThat(presentPackages()).isEqualTo(packages());
  }

  @Test
  void packages_all_areNullMarked() {
    Set<String> unmarked =
        CLASSES.stream()
            .map(JavaClass::getPackage)
            .filter(each -> !each.isAnnotatedWith(NullMarked.class))
            .map(JavaPackage::getName)
            .collect(Collectors.toSet());
    assertThat(unmarked).isEmpty();
  }

  @Test
  void pureCode_always_isFreeOfVertxAndNetty() {
    // A channel is a constant that pure records may name; who sends over it is a verticle.
    DescribedPredicate<JavaClass> shell =
        nameMatching(".*\\.decide\\..*Meters?(\\$.*)?")
            .or(nameMatching(".*Verticle(\\$.*)?"))
            .forSubtype();
    check(
        noClasses()
            .that()
            .resideInAnyPackage(in("exchange"), in("route"), in("compare"), in("decide"))
            .and(not(shell))
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage("io.vertx..", "io.netty..", "io.micrometer.."));
  }

  @Test
  void onnxRuntime_isKnownToModelOnly() {
    check(onlyIn("model", "ai.onnxruntime.."));
  }

  @Test
  void picocli_isKnownToCliOnly() {
    check(onlyIn("cli", "picocli.."));
  }

  @Test
  void exit_isCalledByMainOnly() {
    check(
        noClasses()
            .that()
            .doNotHaveFullyQualifiedName(ROOT + ".cli.Main")
            .should()
            .accessTargetWhere(
                calls("java.lang.System", "exit")
                    .or(calls("java.lang.Runtime", "exit"))
                    .or(calls("java.lang.Runtime", "halt"))));
  }

  @Test
  void sleep_isNeverCalled() {
    check(
        noClasses()
            .should()
            .accessTargetWhere(
                calls("java.lang.Thread", "sleep")
                    .or(calls("java.util.concurrent.TimeUnit", "sleep"))));
  }

  @Test
  void chance_isNeverUsed() {
    check(
        noClasses()
            .should()
            .accessTargetWhere(calls("java.lang.Math", "random"))
            .orShould()
            .dependOnClassesThat()
            .haveFullyQualifiedName("java.util.Random"));
  }

  @Test
  void standardStreams_areLeftToTheCommandLine() {
    check(
        noClasses()
            .that()
            .resideOutsideOfPackage(in("cli"))
            .should(GeneralCodingRules.ACCESS_STANDARD_STREAMS));
  }

  private static ArchRule onlyIn(String name, String library) {
    return noClasses()
        .that(not(resideInAPackage(in(name))))
        .should()
        .dependOnClassesThat()
        .resideInAPackage(library);
  }

  private static DescribedPredicate<JavaAccess<?>> calls(String owner, String method) {
    return DescribedPredicate.describe(
        "calls " + owner + "." + method,
        access ->
            access.getTargetOwner().getFullName().equals(owner)
                && access.getTarget().getName().equals(method));
  }

  private static String in(String name) {
    return ROOT + "." + name + "..";
  }

  private static Set<String> presentPackages() {
    return CLASSES.stream()
        .map(JavaClass::getPackageName)
        .map(name -> name.equals(ROOT) ? ROOT : name.substring(ROOT.length() + 1).split("\\.")[0])
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static void check(ArchRule rule) {
    rule.allowEmptyShould(true).check(CLASSES);
  }
}
