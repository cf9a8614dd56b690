/** Files that numpy 2.4 wrote (zlib, base64): what other tools produce, where a round trip of our own would prove little. */
export const NUMPY_FILES = {
  bigEndianFortran:
    'eNqb7BfqGxDJyFDGUK2eklqcXKRupaBul2ahrqOgnpZfVFKUmBefX5SSChIPKSpNBQoXZyQWpAK5GkY6CsaaOgq1CuQDLgYo' +
    'cBCC0PY/oHwJKM0BpeUgNACt7R3O',
  int64:
    'eNqb7BfqGxDJyFDGUK2eklqcXKRupaBuk2mhrqOgnpZfVFKUmBefX5SSChJ3S8wpTgWKF2ckFqQC+RpGOgrGmjoKtQpkAy4G' +
    'KGCE0kxQmhlKs0BpVigNAIBGG4I=',
  bool:
    'eNqb7BfqGxDJyFDGUK2eklqcXKRupaBek2SorqOgnpZfVFKUmBefX5SSChJ3S8wpTgWKF2ckFqQC+RpGOgrGmjoKtQpkAy4G' +
    'RhAEABREG6g=',
  unicode:
    'eNqb7BfqGxDJyFDGUK2eklqcXKRupaBuE2qurqOgnpZfVFKUmBefX5SSChJ3S8wpTgWKF2ckFqQC+RpGOpo6CrUKFACuPAYG' +
    'hlQgLgXiEiAuAuJEIM4B4lwo+yUQM3xjZEAGAP6gIPQ=',
  bytes:
    'eNqb7BfqGxDJyFDGUK2eklqcXKRupaBeE2ykrqOgnpZfVFKUmBefX5SSChJ3S8wpTgWKF2ckFqQC+RpGOpo6CrUKFACuxKRk' +
    'BgDWJRyq',
  scalar:
    'eNqb7BfqGxDJyFDGUK2eklqcXKRupaBuk2ahrqOgnpZfVFKUmBefX5SSChJ3S8wpTgWKF2ckFqQC+RqaOgq1ChQBLgYwiHMA' +
    'AChSG90=',
  uint16be:
    'eNqb7BfqGxDJyFDGUK2eklqcXKRupaBuV2qkrqOgnpZfVFKUmBefX5SSChJ3S8wpTgWKF2ckFqQC+RpGOgrGmjoKtQpkAy4G' +
    'BgZGBiYGZgYWBlYAprUbig==',
  version2:
    'eNqb7BfqGxDJxFDCwMBQrZ6SWpxcpG6loG6TZqKuo6Cell9UUpSYF59flJIKEndLzClOBYoXZyQWpAL5GkY6CsaaOgq1CmQC' +
    'LgYwaLAHEg5ABMQNQLzAAQDLdB5K',
  version3:
    'eNqb7BfqGxDJzFDCwMBQrZ6SWpxcpG6loG6TaaKuo6Cell9UUpSYF59flJIKEndLzClOBYoXZyQWpAL5GkY6CsaaOgq1CmQC' +
    'LqC1DIxAzATEzEDMAsSsQAwAsyMbPg==',
  pickle2:
    'eNp1ksly00AQhsdLbCMIGAj7FnaHxcTggCEB22wBCxwYltIllZJkxXIhS/mlcRFXQVUu8cJTcOXGM+CX4kLBzEg6sE1puntG' +
    'Pf1/as1W0nR73Y1+cc30fKvY7Tmso/u+3lfWfMv03ID5PZMpIGGa4rbCt0ioZBtJkx9rWWagWK4IFKS0BCHEQFrLcO/orOOW' +
    'MDVAhiI7RI5iR0FNzEXFWqy/wc8oWpLnrlSwczwaYhfFdEEN63zA7maz2fjJhzRqlWGPMV5F/iP2FqRE12Mdz8U+m9gSab/N' +
    'dWYoDnAdNamm1OQQB+1QYr2MQ0LiMMWRWGIJR3+XIAzHjLGd0hZIPL5tVbmt8acmFsJ85mYioomISJ2QPJ+zfM7XcdzmX3yC' +
    '4iTDKUPLCmXPZ77uYjbGPC0wz1CcjTAHOBdDVnBeQF6guMgh7b/xCsaI45XInyNXC/3kazUM8tEGifxMDXMC7RLFZYYrIZpj' +
    'uW1mB7gaoxUF2jWKeYm2jVIE1qngugC7QVH+N9iC7Fue5yYj4UTkcVPo3qKoMNw2tDTfYtYmw51VLBbk8r3uvMOSDP3JFxd3' +
    'Lfl7XNz73wUNTN3RfQVVu8xVczw5G6vVhFqd4v4ADygeykqbeLRc/R4maClR2mrjceMHZ5dLo9PG8qdMiC05XM+18KQp43VH' +
    'b+PpSJsSqJ7fCtCI+6WKfj2jeB71q2lP8xu6UpCqOl7I5hkmXloM1JC7DK/i65lmeC0VAr1r4Y292NMZ3hrFX5H+/+Y=',
  pickle3:
    'eNp1kstu00AUhsd2mqTmFqDcb+XuQgkpFAhQcEKAQiwFyStvqsrjuHGEY/e3J6KRQMqmTcJTsOUtkHgRHoElGwTjsb1AwMj/' +
    'nHPm4v/T0YwVJxgOtkfVTSeM3Opg6LO+HUX2SN2MXCcMYhYNHaaCpMfUoJvuQjLILuSWRKFMUDAxpxnSUnaoy0bbroqiJRNC' +
    '3tRRmk0nKJuY1wzFkvjae6idTqf9iw8xGTrDPjrbwP4POKBZRX5kELJ+GOCgRzxhdcjjPhUTh7mPIRuKIU9wxEsttlZxNLFY' +
    'MHEst1jD8T8tCMMJOmvViBhjnU8N/nGNuT5xfeH6xkWahFS4FrlqTZxkOEWtUuITRiyyA5zOoc4kUGdNnMug9nA+R6rjQoK0' +
    'aOIiR/L+hrlEpzlMPsqNNH7X01jJapLFhQYuM1xJYXw36DEvxtUc5loCc92EJmB2sZSh9Ou4kaDcNLH8b5RbvC8VOfOSsogq' +
    'w21qFXjK3B2G2gZWNFG+s/23uCPS6OvnAHdd0fEAq/97S7Fj+3ak4p633CqXcoP7e3hgoi4u7+Dhuv4j3bCU5G9uD4/aPzmh' +
    'KGm/h8cfiymhsA7CwMVaR+Rbvt3Dk6k1l9CFUTfG07wretKVholm1pVn3jx/Zy1NuNp4LlpEHbxwGV5Sscqwnj+yAsMr4RDb' +
    'AxevvZWhzdCm1d/z2uJp',
  pickle4:
    'eNqFkjtLA0EQx/ceSQRFUoiNjWVsgoKIhZBICiEHEeyDbC6bbPCyFzYbYkAhTWIi0zmCpa3fQvCL+BEsbUTnHhHxgcP+dzh2' +
    'dn4zNzt2b+9sFhusq0G3Nyqe+qEWxe4gMB2uNR8hrJxq4Yeqb/TAN3iDkIkjEXKqmYTcoMcmWLEaeIUnWPCsLelApmlGPRHF' +
    '28f7OJ8lRw5YF1ir1arvZPHmlQw25nW8xAJku6HphAqlLTNRSplLE3q253j2FcplsFu7X7MdfMvGomyV7aSpcYm2Mi3SmHRP' +
    'eiQ9k9ghY3nSJmn7EOka5FqhNpr/wZ8m9C+9yI2f7NmCvbClcuJfSonPp98s9WvlhB0I1Tay/xt7EpM7/5DnlXw6S2alPs7s' +
    'GnFusE6/1x3y4AzB1U8PCgVY1CiDbN/nAdc0KLlTWcotbk4JBNY5HpVe0wfiKNHG6hvhwGl02nidTVjgqlAJrIHbCngbZ5AZ' +
    'hrr5VyOr86gSi9OzaPgoogIt8zli11B5fd4VKPcGnA6LH85/5Rs=',
  pickle5:
    'eNqFUktr20AQ3tXDDqQUQ0suhZCjc3FzaKGHgh0MCUTgQu7BrOSVV1RahfWKxNCCL3m4zC2TnnvtMf8gkD+Sn9BjL6UZPQIm' +
    'BDLo25F2RvN9OzsL//rGYZXBhi6y43lvHOVG9rIitYkwRswRXo2NjHI9s6aILF4h+FUmQltP6pQrDNgZDnmIF3iI3YBvKxf8' +
    'iZ0fyzLf+fIJl5d1yAX+DUej0cF/smoJ+hbD5RF+xy60stwmuUZ4syqG3qVJIoT1cWzyLCziWBoq3P25w1Zt0adlQA9hQfhF' +
    'uCXcE9guYx3CFmFnF9U6OPGHVVWfn6hipCpwAjdwLhD4EC0lQjvOjTVCo9p4Sv5oa4Pa/+nXvtN8s8a/HdTkKy1R756nPifi' +
    'vYY4lXpq1awi7jQVm5tjvPFV4eTFwmeoNquinpWnFo+o796JSL/Shrn7rVECpwMyaM0ikYqy0er9cK39SHJe/spPcb//t5kc' +
    'V8spHvwjBnDDZIo/WrUs8HSuJY7Ai1MxxUvwT3IzoTM4yi8HRrWbcak0vV6WSrigeQkjlCQVuK2jdAueJXkzkUlUHwtBwd4D' +
    'MJ7rJw==',
} as const;
