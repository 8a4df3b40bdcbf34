import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.context.support.DefaultProfileValidationSupport;
import ca.uhn.fhir.parser.IParser;
import ca.uhn.fhir.validation.FhirValidator;
import ca.uhn.fhir.validation.SingleValidationMessage;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.hl7.fhir.common.hapi.validation.support.CommonCodeSystemsTerminologyService;
import org.hl7.fhir.common.hapi.validation.support.InMemoryTerminologyServerValidationSupport;
import org.hl7.fhir.common.hapi.validation.support.PrePopulatedValidationSupport;
import org.hl7.fhir.common.hapi.validation.support.SnapshotGeneratingValidationSupport;
import org.hl7.fhir.common.hapi.validation.support.ValidationSupportChain;
import org.hl7.fhir.common.hapi.validation.validator.FhirInstanceValidator;
import org.hl7.fhir.instance.model.api.IBaseResource;
import org.hl7.fhir.r4.model.StructureDefinition;
import org.hl7.fhir.utilities.npm.NpmPackage;

/**
 * HL7's instance validator over every .json file below a folder, offline, against base R4 and the profiles
 * that a resource claims. Arguments: a home that it may write in, the folder, then what holds the
 * definitions: FHIR packages (.tgz) or folders.
 * Prints one line a message: file, severity, location, text, id, with tabs between; then "file, done".
 */
public final class Judge {
  private static final Set<String> DEFINITIONS =
      Set.of("StructureDefinition", "ValueSet", "CodeSystem", "SearchParameter", "ConceptMap", "NamingSystem");
  private static final FhirContext R4 = FhirContext.forR4();
  private static final DefaultProfileValidationSupport CORE = new DefaultProfileValidationSupport(R4);

  public static void main(String[] args) throws Exception {
    layOutCore(Path.of(args[0]));
    FhirValidator validator = validator(Stream.of(args).skip(2).map(Path::of).toList());
    PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    Path folder = Path.of(args[1]);
    for (Path file : files(folder)) {
      String name = folder.relativize(file).toString();
      try {
        for (SingleValidationMessage said : validator.validateWithResult(Files.readString(file)).getMessages()) {
          line(out, name, said.getSeverity().getCode(), said.getLocationString(), said.getMessage(), said.getMessageId());
        }
      } catch (RuntimeException | StackOverflowError fault) {
        line(out, name, "fatal", "", "the validator failed: " + fault.getMessage(), fault.getClass().getSimpleName());
      }
      line(out, name, "done");
    }
  }

  /** The contexts of extensions are looked up in the package of R4 core, which is sought in the user's home. */
  private static void layOutCore(Path home) throws IOException {
    Path folder = home.resolve(".fhir/packages/hl7.fhir.r4.core#4.0.1/package");
    System.setProperty("user.home", home.toString());
    if (Files.exists(folder.resolve("package.json"))) return;
    Files.createDirectories(folder);
    IParser json = R4.newJsonParser();
    for (IBaseResource each : CORE.fetchAllStructureDefinitions()) {
      StructureDefinition definition = (StructureDefinition) each;
      if (definition.getDerivation() == StructureDefinition.TypeDerivationRule.CONSTRAINT) continue;
      String text = json.encodeResourceToString(definition);
      Files.writeString(folder.resolve("StructureDefinition-" + definition.getIdElement().getIdPart() + ".json"), text);
    }
    Files.writeString(
        folder.resolve("package.json"),
        "{\"name\": \"hl7.fhir.r4.core\", \"version\": \"4.0.1\", \"type\": \"Core\", \"fhirVersions\": [\"4.0.1\"],"
            + " \"canonical\": \"http://hl7.org/fhir\", \"dependencies\": {}}");
  }

  private static List<Path> files(Path folder) throws IOException {
    try (Stream<Path> found = Files.walk(folder)) {
      return found.filter(path -> path.toString().endsWith(".json")).sorted().toList();
    }
  }

  private static FhirValidator validator(List<Path> sources) throws IOException {
    PrePopulatedValidationSupport ours = new PrePopulatedValidationSupport(R4);
    for (Path source : sources) {
      if (Files.isDirectory(source)) {
        for (Path file : files(source)) define(ours, Files.readString(file));
      } else {
        try (InputStream raw = Files.newInputStream(source)) {
          NpmPackage unpacked = NpmPackage.fromPackage(raw);
          for (String name : unpacked.listResources(DEFINITIONS)) {
            define(ours, new String(unpacked.loadResource(name).readAllBytes(), StandardCharsets.UTF_8));
          }
        }
      }
    }
    FhirInstanceValidator instance = new FhirInstanceValidator(new ValidationSupportChain(
        ours,
        CORE,
        new CommonCodeSystemsTerminologyService(R4),
        new InMemoryTerminologyServerValidationSupport(R4),
        new SnapshotGeneratingValidationSupport(R4)));
    instance.setAnyExtensionsAllowed(false);
    FhirValidator validator = R4.newValidator();
    validator.registerValidatorModule(instance);
    return validator;
  }

  private static void define(PrePopulatedValidationSupport ours, String text) {
    IBaseResource definition = R4.newJsonParser().parseResource(text);
    if (DEFINITIONS.contains(definition.fhirType())) ours.addResource(definition);
  }

  private static void line(PrintStream out, String file, String... parts) {
    StringBuilder line = new StringBuilder(file);
    for (String part : parts) line.append('\t').append(String.valueOf(part).replaceAll("\\s+", " "));
    out.println(line);
  }
}
