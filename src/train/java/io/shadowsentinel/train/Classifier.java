package io.shadowsentinel.train;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * A softmax classifier of digits, linear or with one hidden layer of rectified units. Training is
 * the same to the last bit wherever it runs: one thread, a fixed seed, {@link StrictMath}.
 */
final class Classifier {

  /** Grey values are scaled to 0..1 before they reach the first layer. */
  static final double SCALE = 1.0 / 16;

  private static final int EPOCHS = 120;
  private static final int BATCH = 16;
  private static final double RATE = 0.05;
  private static final double MOMENTUM = 0.9;
  private static final double DECAY = 1e-4;

  final @Nullable DenseLayer hidden;
  final DenseLayer output;

  private Classifier(int hiddenUnits, Random random) {
    hidden = hiddenUnits == 0 ? null : new DenseLayer(Example.PIXELS, hiddenUnits, random);
    int width = hiddenUnits == 0 ? Example.PIXELS : hiddenUnits;
    output = new DenseLayer(width, Example.DIGITS, random);
  }

  /**
   * Learns from {@code examples}.
   *
   * @param hiddenUnits the width of the hidden layer; 0 for a linear model
   */
  static Classifier train(List<Example> examples, int hiddenUnits, long seed) {
    Random random = new Random(seed);
    Classifier classifier = new Classifier(hiddenUnits, random);
    List<Example> shuffled = new ArrayList<>(examples);
    for (int epoch = 0; epoch < EPOCHS; epoch++) {
      Collections.shuffle(shuffled, random);
      double rate = RATE * (1 - (double) epoch / EPOCHS);
      for (int from = 0; from < shuffled.size(); from += BATCH) {
        classifier.learn(shuffled.subList(from, Math.min(from + BATCH, shuffled.size())), rate);
      }
    }
    return classifier;
  }

  int predict(Example example) {
    double[] x = scaled(example);
    double[] scores = output.forward(hidden == null ? x : rectified(hidden.forward(x)));
    int best = 0;
    for (int i = 1; i < scores.length; i++) {
      best = scores[i] > scores[best] ? i : best;
    }
    return best;
  }

  private void learn(List<Example> batch, double rate) {
    for (Example example : batch) {
      double[] x = scaled(example);
      double[] features = hidden == null ? x : rectified(hidden.forward(x));
      double[] error = softmax(output.forward(features));
      error[example.digit()] -= 1;
      double[] byFeature = output.backward(features, error);
      if (hidden != null) {
        for (int i = 0; i < byFeature.length; i++) {
          byFeature[i] = features[i] > 0 ? byFeature[i] : 0;
        }
        hidden.backward(x, byFeature);
      }
    }
    output.step(batch.size(), rate, MOMENTUM, DECAY);
    if (hidden != null) {
      hidden.step(batch.size(), rate, MOMENTUM, DECAY);
    }
  }

  private static double[] scaled(Example example) {
    double[] x = new double[Example.PIXELS];
    for (int i = 0; i < x.length; i++) {
      x[i] = example.pixels()[i] * SCALE;
    }
    return x;
  }

  private static double[] rectified(double[] values) {
    for (int i = 0; i < values.length; i++) {
      values[i] = Math.max(0, values[i]);
    }
    return values;
  }

  private static double[] softmax(double[] scores) {
    double highest = Double.NEGATIVE_INFINITY;
    for (double score : scores) {
      highest = Math.max(highest, score);
    }
    double sum = 0;
    for (int i = 0; i < scores.length; i++) {
      scores[i] = StrictMath.exp(scores[i] - highest);
      sum += scores[i];
    }
    for (int i = 0; i < scores.length; i++) {
      scores[i] /= sum;
    }
    return scores;
  }
}
