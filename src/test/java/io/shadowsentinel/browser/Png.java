package io.shadowsentinel.browser;

import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import javax.imageio.IIOImage;
import javax.imageio.ImageIO;
import javax.imageio.ImageWriteParam;
import javax.imageio.ImageWriter;

/** Makes pictures of a page small: it has few colours, so a palette loses nothing to see. */
final class Png {
  private static final int COLOURS = 256;

  private Png() {}

  /** The same picture in 256 of its colours, each other pixel in the nearest of them. */
  static byte[] small(byte[] png) throws IOException {
    BufferedImage from = ImageIO.read(new ByteArrayInputStream(png));
    int width = from.getWidth();
    int height = from.getHeight();
    int[] pixels = from.getRGB(0, 0, width, height, null, 0, width);
    int[] palette = palette(pixels);
    byte[][] channels = new byte[3][palette.length];
    for (int i = 0; i < palette.length; i++) {
      for (int c = 0; c < 3; c++) {
        channels[c][i] = (byte) (palette[i] >> (16 - 8 * c));
      }
    }
    BufferedImage to =
        new BufferedImage(
            width,
            height,
            BufferedImage.TYPE_BYTE_INDEXED,
            new IndexColorModel(8, palette.length, channels[0], channels[1], channels[2]));
    Map<Integer, Integer> nearest = new HashMap<>();
    int[] indexes = new int[pixels.length];
    for (int i = 0; i < pixels.length; i++) {
      indexes[i] = nearest.computeIfAbsent(pixels[i], pixel -> nearest(palette, pixel));
    }
    to.getRaster().setPixels(0, 0, width, height, indexes);
    return write(to);
  }

  private static int[] palette(int[] pixels) {
    Map<Integer, Integer> counts = new HashMap<>();
    for (int pixel : pixels) {
      counts.merge(pixel, 1, Integer::sum);
    }
    List<Integer> frequent =
        counts.entrySet().stream()
            .sorted(
                Map.Entry.<Integer, Integer>comparingByValue(Comparator.reverseOrder())
                    .thenComparing(Map.Entry.comparingByKey()))
            .map(Map.Entry::getKey)
            .toList();
    // Half of them by frequency; the other half one of each region, so that no rare hue is lost.
    Set<Integer> chosen =
        new LinkedHashSet<>(frequent.subList(0, Math.min(COLOURS / 2, frequent.size())));
    Set<Integer> regions =
        chosen.stream().map(Png::region).collect(Collectors.toCollection(HashSet::new));
    for (int colour : frequent) {
      if (chosen.size() < COLOURS && regions.add(region(colour))) {
        chosen.add(colour);
      }
    }
    return chosen.stream().mapToInt(Integer::intValue).toArray();
  }

  /** One of 4,096 regions of the colours. */
  private static int region(int colour) {
    return colour & 0xf0f0f0;
  }

  private static int nearest(int[] palette, int pixel) {
    int best = 0;
    for (int i = 1; i < palette.length; i++) {
      if (distance(palette[i], pixel) < distance(palette[best], pixel)) {
        best = i;
      }
    }
    return best;
  }

  private static int distance(int one, int other) {
    int sum = 0;
    for (int shift = 0; shift <= 16; shift += 8) {
      int difference = ((one >> shift) & 0xff) - ((other >> shift) & 0xff);
      sum += difference * difference;
    }
    return sum;
  }

  private static byte[] write(BufferedImage image) throws IOException {
    Iterator<ImageWriter> writers = ImageIO.getImageWritersByFormatName("png");
    ImageWriter writer = writers.next();
    ImageWriteParam smallest = writer.getDefaultWriteParam();
    smallest.setCompressionMode(ImageWriteParam.MODE_EXPLICIT);
    smallest.setCompressionQuality(0);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (var out = ImageIO.createImageOutputStream(bytes)) {
      writer.setOutput(out);
      writer.write(null, new IIOImage(image, null, null), smallest);
    } finally {
      writer.dispose();
    }
    return bytes.toByteArray();
  }
}
