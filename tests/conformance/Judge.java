import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.context.support.DefaultProfileValidationSupport;
import ca.uhn.fhir.validation.FhirValidator;
import ca.uhn.fhir.validation.SingleValidationMessage;
import java.io.IOException;
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

/**
 * HL7's instance validator over every .json file of a folder, offline, against base R4 and the profiles
 * that a resource claims; the further folders hold the definitions.
 * Prints one line a message: file, severity, location, text, with tabs between; then "file, done".
 */
public final class Judge {
  private static final Set<String> DEFINITIONS =
      Set.of("StructureDefinition", "ValueSet", "CodeSystem", "SearchParameter", "ConceptMap", "NamingSystem");

  public static void main(String[] args) throws Exception {
    FhirValidator validator = validator(Stream.of(args).skip(1).map(Path::of).toList());
    PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    for (Path file : files(Path.of(args[0]))) {
      for (SingleValidationMessage said : validator.validateWithResult(Files.readString(file)).getMessages()) {
        line(out, file, said.getSeverity().getCode(), said.getLocationString(), said.getMessage());
      }
      line(out, file, "done");
    }
  }

  private static List<Path> files(Path folder) throws IOException {
    try (Stream<Path> found = Files.list(folder)) {
      return found.filter(path -> path.toString().endsWith(".json")).sorted().toList();
    }
  }

  private static FhirValidator validator(List<Path> folders) throws IOException {
    FhirContext r4 = FhirContext.forR4();
    PrePopulatedValidationSupport ours = new PrePopulatedValidationSupport(r4);
    for (Path folder : folders) {
      for (Path file : files(folder)) {
        IBaseResource definition = r4.newJsonParser().parseResource(Files.readString(file));
        if (DEFINITIONS.contains(definition.fhirType())) ours.addResource(definition);
      }
    }
    FhirInstanceValidator instance = new FhirInstanceValidator(new ValidationSupportChain(
        ours,
        new DefaultProfileValidationSupport(r4),
        new CommonCodeSystemsTerminologyService(r4),
        new InMemoryTerminologyServerValidationSupport(r4),
        new SnapshotGeneratingValidationSupport(r4)));
    FhirValidator validator = r4.newValidator();
    validator.registerValidatorModule(instance);
    return validator;
  }

  private static void line(PrintStream out, Path file, String... parts) {
    StringBuilder line = new StringBuilder(file.getFileName().toString());
    for (String part : parts) line.append('\t').append(String.valueOf(part).replaceAll("\\s+", " "));
    out.println(line);
  }
}
