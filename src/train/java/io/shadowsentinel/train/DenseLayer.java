package io.shadowsentinel.train;

import java.util.Random;

/** A fully connected layer, {@code y = x W + b}, that learns by gradient descent with momentum. */
final class DenseLayer {

  final int inputs;
  final int outputs;

  /** Row by row: {@code weights[i * outputs + o]}. */
  final double[] weights;

  final double[] biases;

  private final double[] weightGradient;
  private final double[] biasGradient;
  private final double[] weightVelocity;
  private final double[] biasVelocity;

  DenseLayer(int inputs, int outputs, Random random) {
    this.inputs = inputs;
    this.outputs = outputs;
    weights = new double[inputs * outputs];
    biases = new double[outputs];
    weightGradient = new double[weights.length];
    biasGradient = new double[outputs];
    weightVelocity = new double[weights.length];
    biasVelocity = new double[outputs];
    double limit = Math.sqrt(6.0 / (inputs + outputs));
    for (int i = 0; i < weights.length; i++) {
      weights[i] = limit * (2 * random.nextDouble() - 1);
    }
  }

  double[] forward(double[] x) {
    double[] y = biases.clone();
    for (int i = 0; i < inputs; i++) {
      if (x[i] != 0) {
        for (int o = 0; o < outputs; o++) {
          y[o] += x[i] * weights[i * outputs + o];
        }
      }
    }
    return y;
  }

  /** Adds one example's gradient, and returns the gradient by {@code x}. */
  double[] backward(double[] x, double[] byOutput) {
    double[] byInput = new double[inputs];
    for (int i = 0; i < inputs; i++) {
      for (int o = 0; o < outputs; o++) {
        weightGradient[i * outputs + o] += x[i] * byOutput[o];
        byInput[i] += weights[i * outputs + o] * byOutput[o];
      }
    }
    for (int o = 0; o < outputs; o++) {
      biasGradient[o] += byOutput[o];
    }
    return byInput;
  }

  /** Takes one step down the mean of the gradients added since the last, and forgets them. */
  void step(int examples, double rate, double momentum, double decay) {
    descend(weights, weightGradient, weightVelocity, examples, rate, momentum, decay);
    descend(biases, biasGradient, biasVelocity, examples, rate, momentum, 0);
  }

  private static void descend(
      double[] values,
      double[] gradient,
      double[] velocity,
      int examples,
      double rate,
      double momentum,
      double decay) {
    for (int i = 0; i < values.length; i++) {
      velocity[i] = momentum * velocity[i] - rate * (gradient[i] / examples + decay * values[i]);
      values[i] += velocity[i];
      gradient[i] = 0;
    }
  }
}
