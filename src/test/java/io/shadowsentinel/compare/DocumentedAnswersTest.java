package io.shadowsentinel.compare;

import static io.shadowsentinel.compare.Answers.exchange;
import static io.shadowsentinel.compare.Answers.fixture;
import static io.shadowsentinel.compare.Answers.settings;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.shadowsentinel.compare.core.CompareSettings;
import io.shadowsentinel.compare.core.Outcome;
import io.shadowsentinel.compare.core.Reading;
import io.shadowsentinel.compare.core.Verdict;
import io.shadowsentinel.compare.format.AutoFormatTest;
import io.shadowsentinel.compare.format.Formats;
import io.shadowsentinel.compare.json.Json;
import io.shadowsentinel.compare.json.Labels;
import io.shadowsentinel.compare.json.UnreadableException;
import io.shadowsentinel.exchange.Answer;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the formats make of the answers that the servers' own documentation shows. */
class DocumentedAnswersTest {

  /** Format, fixture, target, rows, label of the first row, its confidence, what auto picks. */
  static final String TABLE =
      """
      open-inference, triton-classification.json, /v2/models/m/infer, 1, index_1_label, , open-inference
      open-inference, triton-classification-indexes.json, /v2/models/m/infer, 1, 1, , open-inference
      open-inference, sklearn-iris.json, /v2/models/m/infer, 2, 1, , open-inference
      open-inference, triton-cifar10.json, /v2/models/m/infer, 1, 3, 0.52544, open-inference
      kserve-v1, sklearn-iris.json, /v1/models/m:predict, 2, 1, , kserve-v1
      kserve-v1, tensorflow-flowers.json, /v1/models/m:predict, 1, 0, 0.999114, kserve-v1
      tensorflow-serving, half-plus-three-predict.json, /v1/models/m:predict, 3, , , kserve-v1
      tensorflow-serving, half-plus-three-regress.json, /v1/models/m:regress, 2, , , tensorflow-serving
      tensorflow-serving, columns.json, /v1/models/m:predict, 2, , , tensorflow-serving
      tensorflow-serving, classify.json, /v1/models/m:classify, 2, cat, 0.75, tensorflow-serving
      tensorflow-serving, specials.json, /v1/models/m:predict, 5, , , tensorflow-serving
      torchserve, resnet-152.json, /predictions/resnet-152, 1, tiger_cat, 0.57986, torchserve
      torchserve, djl-resnet18.json, /predictions/traced_resnet18, 1, 'n02123045 tabby, tabby cat', 0.40216, torchserve
      mlflow, wine-quality.json, /invocations, 1, , , mlflow
      mlflow, wine-quality-1.x.json, /invocations, 1, , , mlflow
      seldon, iris.json, /seldon/n/m/api/v1.0/predictions, 1, 2, 0.99563, seldon
      seldon, tensor.json, /api/v1.0/predictions, 2, a, 0, seldon
      seldon, router.json, /route, 1, 1, , seldon
      seldon, str-data.json, /api/v1.0/predictions, 1, hello, , seldon
      huggingface, sentiment.json, /models/m, 1, POSITIVE, 0.9598, huggingface
      huggingface, sentiment-batch.json, /models/m, 2, POSITIVE, 0.9598, huggingface
      huggingface, zero-shot.json, /models/m, 1, education, 0.8446, huggingface
      huggingface, fill-mask.json, /models/m, 1, ' mathematical', 0.1962, huggingface
      huggingface, entities.json, /models/m, 1, , 0.99032, huggingface
      huggingface, question-answering.json, /models/m, 1, Hugging Face, 0.6386, huggingface
      huggingface, generated.json, /models/m, 2, , , huggingface
      sagemaker, binary.json, /endpoints/e/invocations, 1, 0, 0.6, sagemaker
      sagemaker, multiclass.json, /endpoints/e/invocations, 1, 2, 0.4, sagemaker
      sagemaker, regression.json, /endpoints/e/invocations, 1, , , sagemaker
      sagemaker, binary.jsonl, /endpoints/e/invocations, 1, 0, 0.6, sagemaker
      sagemaker, multiclass.jsonl, /endpoints/e/invocations, 1, 2, 0.4, sagemaker
      sagemaker, multiclass.csv, /endpoints/e/invocations, 1, 1, 0.6, sagemaker
      sagemaker, binary.csv, /endpoints/e/invocations, 2, , , sagemaker
      openai-chat, default.json, /v1/chat/completions, 1, , , openai-chat
      openai-chat, functions.json, /v1/chat/completions, 1, , , openai-chat
      openai-chat, logprobs.json, /v1/chat/completions, 1, , 0.84321, openai-chat
      openai-completions, default.json, /v1/completions, 1, , , openai-completions
      tgi, generate.json, /generate, 1, , 0.71177, tgi
      scikit, prediction-probability.json, /predict, 1, setosa, 0.97, scikit
      scikit, label-confidence.json, /predict, 1, spam, 0.88, scikit
      scikit, class-probabilities.json, /predict, 1, versicolor, 0.91, scikit
      scikit, columns.json, /predict, 2, 2, 0.7, scikit
      text, bloomz.txt, /generate, 1, , , text
      """;

  @ParameterizedTest(name = "{0}/{1}")
  @CsvSource(textBlock = TABLE)
  void documentedAnswer_isRead(
      String format, String file, String target, int rows, String label, Double confidence)
      throws UnreadableException {
    CompareSettings settings = settings(format);
    Reading reading =
        new AnswerReader(Formats.format(format, settings), settings)
            .read(answer(format, file), target);
    assertThat(reading.rows().count()).isEqualTo(rows);
    Json first = reading.rows().label(0);
    assertThat(first == null ? null : Labels.show(first)).isEqualTo(label);
    if (confidence == null) {
      assertThat(reading.rows().confidence(0)).isNaN();
    } else {
      assertThat(reading.rows().confidence(0)).isCloseTo(confidence, within(1e-4));
    }
  }

  @ParameterizedTest(name = "{0}/{1}")
  @CsvSource(textBlock = TABLE)
  void documentedAnswer_isPicked_andAgreesWithItself(
      String format, String file, String target, int rows, String label, Double d, String picked) {
    Comparator comparator = Comparator.of(settings("auto"));
    Verdict verdict =
        comparator.compare(
            AutoFormatTest.exchange(target, answer(format, file), spaced(format, file)));
    assertThat(comparator.pickedFormat()).hasValue("auto: " + picked);
    assertThat(verdict.format()).isEqualTo("auto: " + picked);
    assertThat(verdict.outcome()).isEqualTo(Outcome.AGREE);
    assertThat(verdict.rows()).isEqualTo(rows);
    Verdict named =
        Comparator.of(settings(format))
            .compare(exchange(answer(format, file), spaced(format, file)));
    assertThat(named.outcome()).isEqualTo(Outcome.AGREE);
    assertThat(named.format()).isEqualTo(format);
    if (!Double.isNaN(named.confidenceGap())) {
      assertThat(named.confidenceGap()).isZero();
    }
  }

  @Test
  void everyFormat_hasADocumentedAnswer() {
    Set<String> covered = new TreeSet<>(Set.of("auto", "json"));
    TABLE.lines().forEach(line -> covered.add(line.substring(0, line.indexOf(','))));
    assertThat(covered).isEqualTo(new TreeSet<>(Formats.names()));
  }

  static Answer answer(String format, String file) {
    return typed(file, fixture(format + "/" + file));
  }

  /** The same answer in other bytes, where the format does not mind. */
  private static Answer spaced(String format, String file) {
    String body = fixture(format + "/" + file);
    return typed(file, format.equals("text") ? body : body + "\n");
  }

  private static Answer typed(String file, String body) {
    String type =
        switch (file.substring(file.lastIndexOf('.'))) {
          case ".csv" -> "text/csv; charset=utf-8";
          case ".jsonl" -> "application/jsonlines";
          case ".txt" -> "text/plain";
          default -> "application/json";
        };
    return new Answer(Answer.Fate.COMPLETE, 200, type, null, Answers.bytes(body), 1);
  }
}
