import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.context.support.DefaultProfileValidationSupport;
import ca.uhn.fhir.validation.FhirValidator;
import ca.uhn.fhir.validation.SingleValidationMessage;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.hl7.fhir.common.hapi.validation.support.CommonCodeSystemsTerminologyService;
import org.hl7.fhir.common.hapi.validation.support.InMemoryTerminologyServerValidationSupport;
import org.hl7.fhir.common.hapi.validation.support.SnapshotGeneratingValidationSupport;
import org.hl7.fhir.common.hapi.validation.support.ValidationSupportChain;
import org.hl7.fhir.common.hapi.validation.validator.FhirInstanceValidator;

/**
 * HL7's instance validator over every .json file of a folder, offline, against base R4.
 * Prints one line a message: file, severity, location, text, with tabs between; then "file, done".
 * Extensions that it has no definition of are let through.
 */
public final class Judge {
  public static void main(String[] args) throws Exception {
    FhirValidator validator = validator();
    PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    List<Path> files;
    try (Stream<Path> found = Files.list(Path.of(args[0]))) {
      files = found.filter(path -> path.toString().endsWith(".json")).sorted().toList();
    }
    for (Path file : files) {
      for (SingleValidationMessage said : validator.validateWithResult(Files.readString(file)).getMessages()) {
        line(out, file, said.getSeverity().getCode(), said.getLocationString(), said.getMessage());
      }
      line(out, file, "done");
    }
  }

  private static FhirValidator validator() {
    FhirContext r4 = FhirContext.forR4();
    FhirInstanceValidator instance = new FhirInstanceValidator(new ValidationSupportChain(
        new DefaultProfileValidationSupport(r4),
        new CommonCodeSystemsTerminologyService(r4),
        new InMemoryTerminologyServerValidationSupport(r4),
        new SnapshotGeneratingValidationSupport(r4)));
    instance.setAnyExtensionsAllowed(true);
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
