package io.shadowsentinel.cli;

/** Placeholder. */
public final class Main {
  private Main() {}

  public static void main(String[] args) {}
}
