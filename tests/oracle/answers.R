# What R's survey package answers on designs drawn at random: prints one line per question and field,
# `case <tab> question <tab> field <tab> numbers`, or `refused` with the message for a question that R stops at.
suppressMessages(library(survey))
cat("version", format(packageVersion("survey")), sep = "\t"); cat("\n")

say <- function(case, question, answer) {
  found <- tryCatch(suppressMessages(suppressWarnings(answer)), error = function(e) conditionMessage(e))
  if (is.character(found)) {
    cat(case, question, "refused", gsub("[\t\n]", " ", found), sep = "\t"); cat("\n")
  } else for (field in names(found)) if (length(found[[field]]) > 0) {
    cat(case, question, field, paste(sprintf("%.17g", as.numeric(found[[field]])), collapse = " "), sep = "\t"); cat("\n")
  }
}
known <- function(x, df = NULL) c(list(estimate = coef(x), vcov = vcov(x)), if (!is.null(df)) list(df = df))
error <- function(x) list(estimate = coef(x), se = SE(x))
between <- function(x) list(estimate = coef(x), ci_lower = confint(x)[, 1], ci_upper = confint(x)[, 2])
tested <- function(x) list(estimate = x$statistic, df = x$parameter, p_value = x$p.value)
