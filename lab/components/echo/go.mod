module ironkeel.dev/lab/echo

go 1.26.0

tool ironkeel.dev/lab/echo
