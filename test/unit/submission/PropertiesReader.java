import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.Properties;

/**
 * Reads each file that it is given as Spark's driver reads its spark.properties, and prints an entry a line: the number of
 * the file, the key and the value, the last two as Base64 of their UTF-8.
 */
public final class PropertiesReader {
  public static void main(String[] paths) throws IOException {
    StringBuilder out = new StringBuilder();
    for (int index = 0; index < paths.length; index += 1) {
      Properties properties = new Properties();
      try (Reader reader = Files.newBufferedReader(Path.of(paths[index]), StandardCharsets.UTF_8)) {
        properties.load(reader);
      }
      for (String key : properties.stringPropertyNames()) {
        out.append(index).append(' ').append(encoded(key)).append(' ');
        out.append(encoded(properties.getProperty(key))).append('\n');
      }
    }
    System.out.print(out);
  }

  private static String encoded(String text) {
    return '.' + Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }
}
