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
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Keeps the table of packages true: who may import whom, and what may happen where. */
class ArchitectureTest {
  private static final String ROOT = "io.shadowsentinel";

  /** Which every package may import. */
  private static final Set<String> FOR_ALL = Set.of("bus", "text");

  /** Each package with those it may import beside those; from the table of the documentation. */
  private static final Map<String, Set<String>> MAY_IMPORT = table();

  private static final JavaClasses CLASSES =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .importPackages(ROOT);

  static Set<String> packages() {
    return MAY_IMPORT.keySet();
  }

  /** Of {@code docs/architecture.md}: the first column, and the last. */
  private static Map<String, Set<String>> table() {
    Pattern row = Pattern.compile("\\| `([a-z.]+)` \\|.*\\| ([^|]*) \\|");
    Map<String, Set<String>> table = new TreeMap<>();
    Set<String> wiring = new TreeSet<>();
    for (String line : lines(Path.of("docs/architecture.md"))) {
      Matcher matcher = row.matcher(line);
      if (!matcher.matches()) {
        if (!table.isEmpty()) {
          break;
        }
        continue;
      }
      if (matcher.group(2).equals("all")) {
        wiring.add(matcher.group(1));
      }
      Set<String> names = new TreeSet<>();
      Matcher name = Pattern.compile("`([a-z.]+)`").matcher(matcher.group(2));
      while (name.find()) {
        names.add(name.group(1));
      }
      table.put(matcher.group(1), names);
    }
    wiring.forEach(each -> table.put(each, new TreeSet<>(table.keySet())));
    return table;
  }

  private static List<String> lines(Path file) {
    try {
      return Files.readAllLines(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @ParameterizedTest
  @MethodSource("packages")
  void package_importsOfOurs_areThoseOfTheTable(String name) {
    Set<String> imported =
        CLASSES.stream()
            .filter(each -> each.getPackageName().equals(in(name)))
            .flatMap(each -> each.getDirectDependenciesFromSelf().stream())
            .map(each -> each.getTargetClass().getBaseComponentType().getPackageName())
            .filter(each -> each.startsWith(ROOT + ".") && !each.equals(in(name)))
            .map(each -> each.substring(ROOT.length() + 1))
            .filter(each -> !FOR_ALL.contains(each))
            .collect(Collectors.toCollection(TreeSet::new));
    Set<String> allowed = MAY_IMPORT.get(name);
    if (allowed.size() == MAY_IMPORT.size()) {
      assertThat(imported).isSubsetOf(allowed);
    } else {
      assertThat(imported).isEqualTo(allowed);
    }
  }

  @Test
  void packages_all_areFreeOfCircles() {
    SlicesRuleDefinition.slices().matching(ROOT + ".(**)").should().beFreeOfCycles().check(CLASSES);
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

  /** Beyond some forty, a package hides houses of its own. */
  @Test
  void packages_all_areOfASizeThatCanBeSeen() {
    Map<String, Long> large =
        CLASSES.stream()
            .filter(each -> each.isTopLevelClass() && !each.getSimpleName().equals("package-info"))
            .collect(Collectors.groupingBy(JavaClass::getPackageName, Collectors.counting()));
    large.values().removeIf(count -> count <= 45);
    assertThat(large).isEmpty();
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

  /** They have profiles of their own, so a class that moved is missed there long after. */
  @ParameterizedTest
  @ValueSource(strings = {"bench", "train"})
  void codeThatIsCompiledApart_importsWhatIsThere(String name) throws IOException {
    Pattern imported = Pattern.compile("import (?:static )?(io(?:\\.[a-z]+)+\\.[A-Z]\\w*).*;");
    try (Stream<Path> found = Files.walk(Path.of("src", name, "java"))) {
      List<Path> sources = found.filter(each -> each.toString().endsWith(".java")).toList();
      assertThat(sources).isNotEmpty();
      for (Path source : sources) {
        List<String> ours =
            lines(source).stream()
                .map(imported::matcher)
                .filter(Matcher::matches)
                .map(each -> each.group(1))
                .filter(each -> each.startsWith(ROOT + "."))
                .toList();
        assertThat(ours)
            .as(source.toString())
            .allSatisfy(
                each ->
                    assertThat(Stream.of("main", name))
                        .anyMatch(root -> Files.exists(javaFile(root, each))));
      }
    }
  }

  private static Path javaFile(String root, String className) {
    return Path.of("src", root, "java", className.replace('.', '/') + ".java");
  }

  /** What a fuzzer found is tried again only from beside the test that found it. */
  @Test
  void fuzzInputs_all_standBesideTheirTest() throws IOException {
    Path resources = Path.of("src/test/resources");
    try (Stream<Path> found = Files.walk(resources)) {
      List<Path> tests =
          found
              .filter(each -> each.getFileName().toString().endsWith("FuzzTestInputs"))
              .map(each -> resources.relativize(each).toString().replaceAll("Inputs$", ".java"))
              .map(each -> Path.of("src/test/java", each))
              .toList();
      assertThat(tests).isNotEmpty().allSatisfy(each -> assertThat(each).exists());
    }
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
            .resideInAnyPackage(in("exchange"), in("table"), in("compare") + "..", in("decide"))
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

  /** That package, and none below it: each has its own line in the table. */
  private static String in(String name) {
    return ROOT + "." + name;
  }

  private static Set<String> presentPackages() {
    return CLASSES.stream()
        .map(JavaClass::getPackageName)
        .map(name -> name.equals(ROOT) ? ROOT : name.substring(ROOT.length() + 1))
        .collect(Collectors.toCollection(TreeSet::new));
  }

  private static void check(ArchRule rule) {
    rule.allowEmptyShould(true).check(CLASSES);
  }
}
