package io.shadowsentinel.compare;

import static io.shadowsentinel.compare.Answers.compare;
import static io.shadowsentinel.compare.Answers.conflict;
import static io.shadowsentinel.compare.Answers.exchange;
import static io.shadowsentinel.compare.Answers.fixture;
import static io.shadowsentinel.compare.Answers.settings;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.shadowsentinel.compare.core.CompareSettings;
import io.shadowsentinel.compare.core.Outcome;
import io.shadowsentinel.compare.core.Rows;
import io.shadowsentinel.compare.core.Verdict;
import io.shadowsentinel.compare.format.Formats;
import io.shadowsentinel.compare.json.Json;
import io.shadowsentinel.compare.json.Labels;
import io.shadowsentinel.compare.json.UnreadableException;
import io.shadowsentinel.exchange.Answer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Labels, confidences and differences of the formats of model servers. */
class ServingFormatsTest {

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          tensorflow-serving | {"predictions":[[0.1,0.9]]}             | {"predictions":[[0.4,0.6]]}            | agree    |
          tensorflow-serving | {"predictions":[NaN]}                   | {"predictions":[NaN]}                  | agree    |
          tensorflow-serving | {"predictions":[NaN]}                   | {"predictions":[Infinity]}             | disagree | /predictions/0
          tensorflow-serving | {"predictions":[Infinity]}              | {"predictions":[-Infinity]}            | disagree | /predictions/0
          tensorflow-serving | {"predictions":[[0.5,NaN]]}             | {"predictions":[[0.5,0.5]]}            | disagree | /predictions/0/1
          tensorflow-serving | {"predictions":[{"classes":["a","b"],"scores":[0.1,0.9]}]} | {"predictions":[{"classes":["b","a"],"scores":[0.7,0.3]}]} | agree |
          tensorflow-serving | {"outputs":{"classes":["a","b"],"probabilities":[[0.9,0.1],[0.2,0.8]]}} | {"outputs":{"classes":["a","a"],"probabilities":[[0.9,0.1],[0.8,0.2]]}} | disagree | /outputs/classes/1
          tensorflow-serving | {"outputs":{"y":[1.5,2.5]}}             | {"outputs":{"y":[1.5,2.75]}}           | disagree | /outputs/y/1
          tensorflow-serving | {"outputs":[[0.1,0.9],[0.9,0.1]]}       | {"outputs":[[0.2,0.8],[0.3,0.7]]}      | disagree | /outputs/1/0
          tensorflow-serving | {"results":[[["a",0.9],["b",0.1]]]}     | {"result":[[["b",0.1],["a",0.9]]]}     | agree    |
          tensorflow-serving | {"results":[[["a",0.9],["b",0.1]]]}     | {"results":[[["a",0.4],["b",0.6]]]}    | disagree | /results/0/0/0
          tensorflow-serving | {"results":[1,2]}                       | {"results":[1,3]}                      | disagree | /results/1
          torchserve         | {"cat":0.9,"dog":0.1}                   | {"dog":0.2,"cat":0.7,"cow":0.1}        | agree    |
          torchserve         | {"cat":0.9,"dog":0.1}                   | {"cat":0.3,"dog":0.7}                  | disagree | /cat
          torchserve         | [0.25,0.75]                             | [0.5,0.5]                              | disagree | /1
          torchserve         | [1,0,2]                                 | [1,0,0]                                | disagree | /2
          torchserve         | setosa                                  | setosa                                 | agree    |
          torchserve         | setosa                                  | virginica                              | disagree | ``
          mlflow             | {"predictions":[{"0":1},{"0":2}]}       | {"predictions":[{"0":1},{"0":3}]}      | disagree | /predictions/1/0
          mlflow             | {"predictions":{"label":["a","b"],"score":[0.9,0.8]}} | {"predictions":{"label":["a","c"],"score":[0.9,0.8]}} | disagree | /predictions/label/1
          mlflow             | [1,2]                                   | {"predictions":[1,2]}                  | agree    |
          seldon             | {"data":{"ndarray":[[0.2,0.8]]}}        | {"data":{"tensor":{"shape":[1,2],"values":[0.4,0.6]}}} | agree |
          seldon             | {"data":{"names":["no","yes"],"ndarray":[[0.2,0.8]]}} | {"data":{"names":["no","yes"],"ndarray":[[0.8,0.2]]}} | disagree | /data/ndarray/0/1
          seldon             | {"data":{"names":["label","score"],"ndarray":[["a",0.8]]}} | {"data":{"names":["label","score"],"ndarray":[["b",0.8]]}} | disagree | /data/ndarray/0/0
          seldon             | {"data":{"tensor":{"shape":[2],"values":[0.5,1.5]}}} | {"data":{"tensor":{"shape":[2],"values":[0.5,1.25]}}} | disagree | /data/tensor/values/1
          seldon             | {"jsonData":{"label":"a","x":1}}        | {"jsonData":{"label":"a","x":2}}       | agree    |
          seldon             | {"binData":"YQ=="}                      | {"binData":"YQ=="}                     | agree    |
          seldon             | {"strData":"a","meta":{"puid":"1"}}     | {"strData":"a","meta":{"puid":"2"}}    | agree    |
          huggingface        | [[{"label":"a","score":0.9},{"label":"b","score":0.1}]] | [{"label":"a","score":0.6},{"label":"b","score":0.4}] | agree |
          huggingface        | [[{"label":"a","score":0.9}],[{"label":"b","score":0.9}]] | [[{"label":"a","score":0.9}],[{"label":"a","score":0.9}]] | disagree | /1/0/label
          huggingface        | [{"entity":"B-PER","start":0,"end":4,"word":"Anna","score":0.9},{"entity":"O","start":5,"end":7,"score":0.5}] | [{"entity":"O","start":5,"end":7,"score":0.6},{"entity":"B-PER","start":0,"end":4,"word":"anna","score":0.8}] | agree |
          huggingface        | [{"entity_group":"PER","start":0,"end":4,"score":0.9}] | [{"entity_group":"ORG","start":0,"end":4,"score":0.9}] | disagree | /0-4
          huggingface        | [[{"entity_group":"PER","start":0,"end":4}],[]] | [[{"entity_group":"PER","start":0,"end":4}],[{"entity_group":"PER","start":2,"end":3}]] | disagree | /1/2-3
          huggingface        | [[0.5,0.25]]                            | [[0.5,0.75]]                           | disagree | /0/1
          huggingface        | [{"summary_text":"a"}]                  | [{"summary_text":"b"}]                 | disagree | /0/summary_text
          sagemaker          | {"predictions":[{"score":0.4,"predicted_label":0}]} | {"predictions":[{"score":0.6,"predicted_label":1}]} | disagree | /predictions/0/predicted_label
          sagemaker          | {"predictions":[{"score":0.4}]}         | {"predictions":[{"score":0.5}]}        | disagree | /predictions/0/score
          sagemaker          | {"score":0.4}{"score":0.5}              | {"score":0.4} {"score":0.5}            | agree    |
          scikit             | {"prediction":1,"probability":0.9}      | {"prediction":1,"probability":0.5,"took":3} | agree |
          scikit             | {"prediction":[1,0],"probability":[0.9,0.8]} | {"prediction":[1,1],"probability":[0.9,0.8]} | disagree | /prediction/1
          scikit             | {"prediction":3.5,"took":1}             | {"prediction":3.5,"took":2}            | agree    |
          scikit             | {"prediction":3.5}                      | {"prediction":3.75}                    | disagree | /prediction
          scikit             | {"prediction":[3.5,4.5],"took":1}       | {"prediction":[3.5,4.75],"took":1}     | disagree | /prediction/1
          scikit             | {"classes":["a","b"],"probabilities":[0.1,0.9]} | {"classes":["a","b"],"probabilities":[0.6,0.4]} | disagree | /classes/1
          """)
  void comparison(String format, String champion, String challenger, String outcome, String path) {
    Verdict verdict = compare(format, champion, challenger);
    assertThat(verdict.outcome().label()).isEqualTo(outcome);
    if (path != null) {
      assertThat(conflict(verdict).paths()).first().isEqualTo(path);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          tensorflow-serving | {"error":"Servable not found"}
          tensorflow-serving | [1]
          torchserve         | {"a":
          torchserve         | ``
          mlflow             | {"error_code":"BAD_REQUEST"}
          mlflow             | 1
          seldon             | {"status":{"code":-1}}
          seldon             | {"data":{}}
          seldon             | {"data":{"tensor":{"shape":[3],"values":[1]}}}
          huggingface        | {"error":"loading"}
          huggingface        | 1
          sagemaker          | {"predictions":
          sagemaker          | ``
          scikit             | {
          """)
  void whatIsNoAnswer_isUnreadable(String format, String body) {
    assertThat(compare(format, body, body).outcome()).isEqualTo(Outcome.INCOMPARABLE);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          torchserve  | {"cat":3.5,"dog":-1}                                       |
          torchserve  | {"cat":0.75,"dog":0.125}                                   | 0.75
          kserve-v1   | {"predictions":[[0,0]]}                                    | 0
          kserve-v1   | {"predictions":[[2,2]]}                                    | 0.5
          kserve-v1   | {"predictions":[[0,-800]]}                                 | 1
          sagemaker   | {"predictions":[{"score":0.25,"predicted_label":1}]}       | 0.25
          sagemaker   | {"predictions":[{"score":0.25,"predicted_label":0}]}       | 0.75
          sagemaker   | {"predictions":[{"score":[0.25,0.75],"predicted_label":1}]} | 0.75
          huggingface | [{"label":"a","score":4.5}]                                |
          """)
  void confidence_ofLogitsIsSoftmaxedWhereAllAreThere(String format, String body, Double expected)
      throws UnreadableException {
    CompareSettings settings = settings(format);
    Rows rows =
        new AnswerReader(Formats.format(format, settings), settings)
            .read(Answers.ok(body), null)
            .rows();
    assertThat(rows.hasLabels()).isTrue();
    if (expected == null) {
      assertThat(rows.confidence(0)).isNaN();
    } else {
      assertThat(rows.confidence(0)).isCloseTo(expected, within(1e-9));
    }
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      delimiter = '|',
      textBlock =
          """
          `1\\n0`                      | 2 | 1     |
          `car\\r\\ntruck\\r\\n`         | 2 | car   |
          `1,0.6`                      | 1 | 1     | 0.6
          `"car","[0.1, 0.6, 0.3]"`    | 1 | car   | 0.6
          `"a ""b"", c",0.5`           | 1 | a "b", c | 0.5
          `0.1,0.6,0.3\\n0.7,0.2,0.1`   | 2 | 1     | 0.6
          `0.6,0.3`                    | 1 |       |
          `0.6\\n0.3\\n`                | 2 |       |
          `nan\\n1`                     | 2 |       |
          """)
  void csv_isReadLineByLine(String body, int rows, String label, Double confidence)
      throws UnreadableException {
    CompareSettings settings = settings("sagemaker");
    String text = body.replace("\\r", "\r").replace("\\n", "\n");
    Rows read =
        new AnswerReader(Formats.format("sagemaker", settings), settings)
            .read(csv(text), null)
            .rows();
    assertThat(read.count()).isEqualTo(rows);
    Json first = read.label(0);
    assertThat(first == null ? null : Labels.show(first)).isEqualTo(label);
    assertThat(read.confidence(0))
        .isEqualTo(confidence == null ? Double.valueOf(Double.NaN) : confidence);
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '`',
      value = {"`\"a`", "`\"a\"b`", "``", "`\n\n`"})
  void csv_thatIsNone_isUnreadable(String body) {
    assertThat(
            Comparator.of(settings("sagemaker")).compare(exchange(csv(body), csv(body))).outcome())
        .isEqualTo(Outcome.INCOMPARABLE);
  }

  @Test
  void csvFields_canBePointedAtAndIgnored() {
    CompareSettings settings = Answers.pointing("sagemaker", "/*/1", null);
    Verdict verdict = Comparator.of(settings).compare(exchange(csv("7,a\n8,b"), csv("9,a\n9,c")));
    assertThat(conflict(verdict).paths()).containsExactly("/1/1");
  }

  @ParameterizedTest
  @CsvSource({
    "100, 101, 0, 0.01, agree",
    "100, 101.1, 0, 0.01, disagree",
    "100.5, 99.5, 1, 0, agree",
    "100.5, 99.4, 1, 0, disagree",
    "1, 2, 1, 0.01, agree",
    "1000, 1010, 1, 0.01, agree",
    "0.001, 0.002, 1e-3, 0, agree",
    "0, 0.001, 0, 0.5, disagree",
    "3, 4, 0, 0.1, disagree",
    "3, 3, 0, 0.1, agree"
  })
  void regression_agreesWithinEitherTolerance(
      String a, String b, double absolute, double relative, String outcome) {
    CompareSettings settings =
        Answers.tolerating("mlflow", absolute).withRelativeTolerance(relative);
    Verdict verdict =
        compare(settings, "{\"predictions\":[" + a + "]}", "{\"predictions\":[" + b + "]}");
    assertThat(verdict.outcome().label()).isEqualTo(outcome);
  }

  @Test
  void tritonClassification_topOneAndTopTwo_agreeOnTheFirst() {
    String two = fixture("open-inference/triton-classification.json");
    String one = two.replace("[ 2 ]", "[ 1, 1 ]").replace(", \"2.4:3:index_3_label\"", "");
    assertThat(compare("open-inference", two, one).outcome()).isEqualTo(Outcome.AGREE);
    Verdict other = compare("open-inference", two, two.replace("index_1", "other"));
    assertThat(conflict(other).paths()).containsExactly("/outputs/0/data/0");
    assertThat(conflict(other).challengerLabel()).isEqualTo("other_label");
  }

  private static Answer csv(String body) {
    return new Answer(Answer.Fate.COMPLETE, 200, "text/csv", null, Answers.bytes(body), 1);
  }
}
