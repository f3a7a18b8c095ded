/** Public keys whose private halves were thrown away. */
export const KEYS = {
  ecdsa256:
    'ecdsa-sha2-nistp256 AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBFz9//qwJzqiZlqcBHz7qutwn6/sEeuDPLlhdnDttZkE4lY4AuiYRx+GV0FW6eOf/HwvkAjexz47NbYmj+jj9mM= e',
  ecdsa384:
    'ecdsa-sha2-nistp384 AAAAE2VjZHNhLXNoYTItbmlzdHAzODQAAAAIbmlzdHAzODQAAABhBCWJCRu5LBCR+0KzL36KgpOXvmEPrObJ8BLmLDoGpvYgIFT/U99kA3Xv7KEgn/dmKcpMadSpwdvJceY168fnXBJJetmv5upu3hs/sndfzsFxV7cbcSI7aixlFvTUq+YfiA== e',
  ecdsa521:
    'ecdsa-sha2-nistp521 AAAAE2VjZHNhLXNoYTItbmlzdHA1MjEAAAAIbmlzdHA1MjEAAACFBAAX2RTqv4DSkeXj/mF/QWG7EGQEL3cunmhvgK//2FrAjPeVZawML7lvkW0Ot54GerS674cKtD52BTOSzQ/vWzIlZwAlA4EPbHnCvtwgtXUKlAnTIf4/Ez45TZhF2mI1I+gJvGXeZ+yixwzoj3KnbPAjcRnBYwlvnSNOMGMlexmP3Bmqbg== e',
  rsa2048:
    'ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQCfoUEH1lDLcRThujUOvYahXZ+3R7DYVgDG4Q0n0hG9Q7SWzTaZEzVVRO3yZ2akMPl+iXJzF5oMLdoO7SVi5ykEXwVr+qv1OS4ZjMXXCqzoLCAKFQcrxz00xaJAZwFQJL/OARznCS7YnRM9DyZu91/1ZdaOJAEmwU1lO83p1qSr0+7sAPQFL4xgeC74DIGaHx1GMD7aZxmRsp8OLUIzLjv9oV+8PghpdUW/9271Nbsau2GgFqlUISTt9zp6GpbN+zm/wwoqNsJe2HO8Fy9dW1Ub5BVdkhP5P1QGADbyyEyuKado3SP2uN9mJjbLp6B/6fSOB0u7q+VACELa+dfP0MRV r',
  rsa1024:
    'ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAAAgQCVEFYIs2d7zPozZvMapdlBd8LMvJ+n+EOvhu9FY4L5HYGh4b0jorpfZSXOtF9jVHNjXhZFsiHHc1EZ3Dmu1RuAjW0o9Rkn5fJQmJfLCYdDkGEoQYQkYn7o5NweGq7qncs6pLIr4ranU3VAJ3s20RvR33NhlCEK2tdP5JEc/yxoqQ== w',
} as const;
