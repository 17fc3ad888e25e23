# Goldens of the inference, by R's survey package on data made here. Run in this folder: Rscript generate.R
# It writes data.csv (the survey) and goldens.json (one result a line, 15 significant digits), which are committed with
# the version that made them. Evaluate them: python tests/oracle/check.py tests/oracle/goldens.json tests/oracle
#
# Left out is what version 4.1-1 gets wrong and 4.5 does not: totals and calibrated scores under the rule `adjust` for
# lonely clusters; the quantile rules math, school, hf1 and hf2, which err below the first value's share.
suppressMessages(library(survey))
options(survey.lonely.psu = "adjust")
set.seed(20260)

# --- data -----------------------------------------------------------------------------------------

n <- 600
psu <- sample(1:48, n, replace = TRUE)
stratum <- (psu - 1) %/% 8 + 1
stratum[psu == 48] <- 7                       # a stratum with a single cluster
site <- letters[(psu - 1) %% 5 + 1]
age <- sample(c("18-29", "30-59", "60+"), n, replace = TRUE, prob = c(0.2, 0.5, 0.3))
sex <- sample(c("f", "m"), n, replace = TRUE)
weight <- round(exp(rnorm(n, 1, 0.4)), 6)
latent <- rnorm(n) + rnorm(48, 0, 0.3)[psu] + 0.3 * (age == "60+")
q1 <- cut(latent, c(-Inf, -1.2, -0.5, 0.3, 1.2, Inf), labels = FALSE)
q1[sample(n, 40)] <- NA
q2 <- cut(latent + rnorm(n), c(-Inf, -0.5, 0.6, Inf), labels = FALSE)
q2[sample(n, 25)] <- NA
wait <- pmax(1, round(12 - 3 * latent + rnorm(n, 0, 4)))        # minutes: whole numbers, so that many are equal
spent <- round(rgamma(n, 2, 1 / 30) + 10 * (age == "60+"), 2)
spent[sample(n, 30)] <- NA
visits <- rpois(n, exp(0.4 + 0.2 * latent))
population <- c(40, 30, 25, 60, 35, 50, 12)[stratum]
pair <- (psu - 1) %/% 2 + 1                   # two clusters each, for balanced replicates
d <- data.frame(psu, stratum, site, age, sex, weight, q1, q2, wait, spent, visits, population, pair)
write.csv(d, "data.csv", row.names = FALSE, quote = FALSE, na = "")

# --- what is kept of a result ---------------------------------------------------------------------

json <- function(x) {
  if (is.list(x)) {
    parts <- vapply(x, json, "")
    if (is.null(names(x))) return(sprintf("[%s]", paste(parts, collapse = ", ")))
    return(sprintf("{%s}", paste(sprintf("\"%s\": %s", names(x), parts), collapse = ", ")))
  }
  if (is.matrix(x)) return(json(lapply(seq_len(nrow(x)), function(i) I(as.numeric(x[i, ])))))
  values <- if (is.character(x)) sprintf("\"%s\"", gsub("\"", "\\\\\"", x))
    else if (is.logical(x)) tolower(as.character(x)) else sprintf("%.15g", as.numeric(x))
  if (length(x) == 1 && !inherits(x, "AsIs")) values else sprintf("[%s]", paste(values, collapse = ", "))
}

results <- character()
keep <- function(id, design, statistic, call, estimate, ..., rows = design$rows) {
  kept <- list(id = id, dataset = "data", design = design$says, statistic = statistic, r_call = call,
               estimate = I(as.numeric(estimate)), ...)
  if (!is.null(rows)) kept$rows <- rows
  if (!is.null(design$calibration)) kept$calibration <- design$calibration
  results[length(results) + 1] <<- json(kept)
}
bounds <- function(estimate, se, df) list(ci_lower = I(as.numeric(estimate - qt(0.975, df) * se)),
                                          ci_upper = I(as.numeric(estimate + qt(0.975, df) * se)))

# A result that has coefficients, a covariance and the degrees of freedom of its design (or its own).
keep_fit <- function(id, design, statistic, expression, df = degf(design$object), compare_df = TRUE, ...) {
  fit <- eval(expression, list(d = design$object), parent.frame())
  spread <- as.matrix(vcov(fit))
  estimate <- as.numeric(coef(fit))
  se <- sqrt(diag(spread))
  more <- c(list(names = I(names(coef(fit))), se = I(as.numeric(se)), vcov = unname(spread)), list(...))
  if (compare_df) more <- c(more, list(df = df), bounds(estimate, se, df))
  do.call(keep, c(list(id, design, statistic, paste(deparse(expression, width.cutoff = 500), collapse = " "),
           estimate), more))
}

# By domain, as totals and their ratios: `svyby(covmat = TRUE)` of 4.1-1 stops at calibrated designs.
domain_names <- function(design, by) sort(unique(design$variables[[by]]))
domain_columns <- function(design, column, by) {
  y <- design$variables[[column]]
  for (name in domain_names(design, by)) {
    here <- !is.na(y) & design$variables[[by]] == name
    design$variables[[paste0("y_", name)]] <- ifelse(here, y, 0)
    design$variables[[paste0("n_", name)]] <- as.numeric(here)
  }
  design
}
domain_totals <- function(design, column, by)
  svytotal(as.formula(paste("~", paste0("y_", domain_names(design, by), collapse = " + "))),
           domain_columns(design, column, by))
domain_means <- function(design, column, by) {
  names <- domain_names(design, by)
  terms <- paste0(c("y_", "n_"), rep(names, each = 2), collapse = " + ")
  totals <- svytotal(as.formula(paste("~", terms)), domain_columns(design, column, by))
  svycontrast(totals, setNames(lapply(names, function(name) str2lang(sprintf("y_%s / n_%s", name, name))), names))
}

# --- designs --------------------------------------------------------------------------------------

whole <- list(weights = "weight", strata = "stratum", ids = "psu")
several <- d$stratum < 7                      # without the lonely stratum
of <- function(says, object, ...) list(says = says, object = object, ...)
clustered <- of(c(whole, lonely_psu = "adjust"), svydesign(id = ~psu, strata = ~stratum, weights = ~weight, data = d))
removed <- of(c(whole, lonely_psu = "remove"), clustered$object)
sure <- of(c(whole, lonely_psu = "certainty"), clustered$object)
elements <- of(list(weights = "weight", strata = "stratum"),
         svydesign(id = ~1, strata = ~stratum, weights = ~weight, data = d))
finite <- of(c(whole, fpc = "population"),
         svydesign(id = ~psu, strata = ~stratum, weights = ~weight, fpc = ~population, data = d))
simple <- of(list(weights = "weight"), svydesign(id = ~1, weights = ~weight, data = d))
paired <- of(list(weights = "weight", strata = "pair", ids = "psu"),
         svydesign(id = ~psu, strata = ~pair, weights = ~weight, data = d))
plain <- of(whole, svydesign(id = ~psu, strata = ~stratum, weights = ~weight, data = d[several, ]), rows = "stratum<7")

# --- calibrations ---------------------------------------------------------------------------------

ages <- c("18-29" = 500, "30-59" = 900, "60+" = 700)
sexes <- c(f = 1150, m = 950)
table_of <- function(name, totals) setNames(data.frame(names(totals), totals), c(name, "Freq"))
margins <- list(age = as.list(ages), sex = as.list(sexes))
strict <- list(maxit = 2000, epsilon = 1e-11)
raked_of <- function(design) rake(design, list(~age, ~sex),
         list(table_of("age", ages), table_of("sex", sexes)), control = strict)
post_of <- function(design) postStratify(design, ~age, table_of("age", ages))
raking <- list(method = "rake", margins = margins)
post <- list(method = "poststratify", by = "age", totals = as.list(ages))
totals <- c("(Intercept)" = 2100, "age30-59" = 900, "age60+" = 700, wait = 24500)
greg_of <- function(...) calibrate(plain$object, ~age + wait, totals, epsilon = 1e-13, maxit = 500, ...)
by_totals <- function(method, ...) list(method = method, totals = as.list(totals), ...)
calibrated <- list(
  raked = of(whole, raked_of(plain$object), calibration = raking),
  post = of(whole, post_of(plain$object), calibration = post),
  greg = of(whole, greg_of(calfun = "linear"), calibration = by_totals("linear")),
  bounded = of(whole, greg_of(calfun = "linear", bounds = c(0.8, 1.6)),
           calibration = by_totals("linear bounded", bounds = c(0.8, 1.6))),
  exponential = of(whole, greg_of(calfun = "raking"), calibration = by_totals("raking")),
  logit = of(whole, greg_of(calfun = "logit", bounds = c(0.7, 1.8)),
           calibration = by_totals("logit", bounds = c(0.7, 1.8))))
for (name in names(calibrated)) calibrated[[name]]$rows <- "stratum<7"

# --- the cube: means of scores of the levels, shares of the levels --------------------------------

scores <- list(top1 = c(0, 0, 0, 1, 1), net1 = c(-1, -1, 0, 1, 1), mean1 = c(0, 2.5, 5, 7.5, 10), top2 = c(0, 0, 1))
items <- c(top1 = "q1", net1 = "q1", mean1 = "q1", top2 = "q2")
of_cube <- function(score, by, type = "cube mean") list(type = type, item = items[[score]],
         scores = scores[[score]], by = by)
domain_df <- function(design) sapply(sort(unique(d$site)), function(one) degf(subset(design, site == one)))
raked <- of(removed$says, raked_of(clustered$object), calibration = raking)
stratified <- of(removed$says, post_of(clustered$object), calibration = post)
designs <- list(clustered = clustered, elements = elements, finite = finite, raked = raked, post = stratified)
for (name in names(designs)) {
  design <- designs[[name]]
  if (name %in% c("raked", "post")) options(survey.lonely.psu = "remove")
  for (item in c("q1", "q2")) for (score in names(items)[items == item])
    design$object$variables[[score]] <- scores[[score]][design$object$variables[[item]]]
  of_domains <- domain_df(design$object)
  for (score in names(scores)) {
    formula <- as.formula(paste0("~", score))
    keep_fit(sprintf("cube.%s.%s", name, score), design, of_cube(score, "total"),
             bquote(svymean(.(formula), d, na.rm = TRUE)))
    keep_fit(sprintf("cube.%s.%s.site", name, score), design, of_cube(score, "site"),
             if (!is.null(design$calibration)) bquote(domain_means(d, .(score), "site"))
             else bquote(svyby(.(formula), ~site, subset(d, !is.na(.(as.name(score)))), svymean, covmat = TRUE)),
                      df = I(of_domains))
  }
  shares <- svyby(~factor(q1), ~site, design$object, svymean, na.rm = TRUE)
  keep(sprintf("cube.%s.distribution", name), design, list(type = "cube distribution", item = "q1", by = "site"),
       "svyby(~factor(q1), ~site, d, svymean, na.rm = TRUE)", t(matrix(coef(shares), nrow = 5)),
       se = I(as.numeric(t(as.matrix(SE(shares))))), df = I(of_domains))
  options(survey.lonely.psu = "adjust")
}
for (name in c("finite", "elements")) {
  design <- designs[[name]]
  options(survey.lonely.psu = "remove")
  design$says$lonely_psu <- "remove"
  design$object$variables$spent[is.na(d$spent)] <- 0
  keep_fit(sprintf("cube.%s.total", name), design, list(type = "cube total", item = "spent", by = "site"),
           quote(svyby(~spent, ~site, d, svytotal, covmat = TRUE)), df = I(domain_df(design$object)))
  options(survey.lonely.psu = "adjust")
}
# Two items, each over its own answers: ratios of totals, whose covariance is that of both means.
for (name in c("clustered", "elements")) {
  design <- designs[[name]]
  answered <- list(top = as.numeric(d$q1 >= 4), valid = as.numeric(!is.na(d$q1)), amount = d$spent,
           payers = as.numeric(!is.na(d$spent)))
  for (column in names(answered)) design$object$variables[[column]] <-
           ifelse(is.na(answered[[column]]), 0, answered[[column]])
  keep_fit(sprintf("cube.%s.joint", name), design, list(type = "cube joint", items = c("q1", "spent"),
           scores = scores$top1),
           quote(svycontrast(svytotal(~top + valid + amount + payers, d),
                    list(q1 = quote(top / valid), spent = quote(amount / payers)))))
}

# --- rows: means, shares, totals, ratios, variances, contrasts ------------------------------------

for (name in c("clustered", "elements", "finite", "simple")) {
  design <- get(name)
  keep_fit(sprintf("%s.mean", name), design, list(type = "mean", y = "spent"), quote(svymean(~spent, d, na.rm = TRUE)))
  keep_fit(sprintf("%s.mean.two", name), design, list(type = "mean", y = c("wait", "spent")),
           quote(svymean(~wait + spent, d, na.rm = TRUE)))
  keep_fit(sprintf("%s.mean.by", name), design, list(type = "mean", y = "spent", by = "site"),
           quote(svyby(~spent, ~site, subset(d, !is.na(spent)), svymean, covmat = TRUE)))
  keep_fit(sprintf("%s.mean.by.two", name), design, list(type = "mean", y = "wait", by = c("age", "sex")),
           quote(svyby(~wait, ~age + sex, d, svymean, covmat = TRUE)))
  keep_fit(sprintf("%s.shares", name), design, list(type = "prop", y = "age"), quote(svymean(~age, d)))
  keep_fit(sprintf("%s.ratio", name), design, list(type = "ratio", num = "spent", den = "visits"),
           quote(svyratio(~spent, ~visits, d, na.rm = TRUE)))
  keep_fit(sprintf("%s.ratio.by", name), design, list(type = "ratio", num = "spent", den = "visits", by = "age"),
           quote(svyby(~spent, ~age, subset(d, !is.na(spent)), svyratio, denominator = ~visits, covmat = TRUE)))
  keep_fit(sprintf("%s.variance", name), design, list(type = "variance", y = "wait"), quote(svyvar(~wait, d)))
  keep_fit(sprintf("%s.paired", name), design, list(type = "paired difference of means", y = c("wait", "visits")),
           quote(svycontrast(svymean(~wait + visits, d), c(wait = 1, visits = -1))))
  keep_fit(sprintf("%s.contrast", name), design,
           list(type = "wave difference with covariance", y = "wait", by = "age", contrast = c(-1, 0, 1)),
           quote(svycontrast(svyby(~wait, ~age, d, svymean, covmat = TRUE), c(-1, 0, 1))))
  keep_fit(sprintf("%s.relative", name), design, list(type = "relative difference of means", y = "wait", by = "sex"),
           quote(svycontrast(svyby(~wait, ~sex, d, svymean, covmat = TRUE), list(relative = quote(m / f - 1)))))
  effect <- svymean(~wait, design$object, deff = TRUE)
  keep(sprintf("%s.deff", name), design,
           list(type = "mean", y = "wait"), "svymean(~wait, d, deff = TRUE)", coef(effect),
       se = I(as.numeric(SE(effect))), deff = I(as.numeric(deff(effect))))
}
inside <- subset(clustered$object, site == "c")
keep_fit("clustered.subset", of(clustered$says, inside), list(type = "mean", y = "wait", where = "site==c"),
         quote(svymean(~wait, d)))
for (name in c("removed", "sure", "plain", names(calibrated))) {
  design <- if (name %in% names(calibrated)) calibrated[[name]] else get(name)
  options(survey.lonely.psu = if (name == "sure") "certainty" else "remove")
  keep_fit(sprintf("%s.total", name), design, list(type = "total", y = "spent"),
           quote(svytotal(~spent, d, na.rm = TRUE)))
  keep_fit(sprintf("%s.total.by", name), design, list(type = "total", y = "visits", by = "site"),
           quote(domain_totals(d, "visits", "site")))
  keep_fit(sprintf("%s.mean.calibrated", name), design, list(type = "mean", y = "spent"),
           quote(svymean(~spent, d, na.rm = TRUE)))
  keep_fit(sprintf("%s.mean.by.calibrated", name), design, list(type = "mean", y = "spent", by = "site"),
           quote(domain_means(d, "spent", "site")))
  keep_fit(sprintf("%s.ratio.calibrated", name), design, list(type = "ratio", num = "spent", den = "visits"),
           quote(svyratio(~spent, ~visits, d, na.rm = TRUE)))
  options(survey.lonely.psu = "adjust")
}

# --- intervals of shares; quantiles ---------------------------------------------------------------

for (name in c("clustered", "elements")) for (method in c("mean", "logit", "xlogit", "asin", "beta")) {
  design <- get(name)
  share <- svyciprop(~I(q1 >= 4), design$object, method = method, na.rm = TRUE)
  keep(sprintf("%s.interval.%s", name, method), design, list(type = "prop", y = "q1>=4", ci_method = method),
       sprintf("svyciprop(~I(q1 >= 4), d, method = \"%s\", na.rm = TRUE)", method), coef(share),
       ci_lower = I(confint(share)[1]), ci_upper = I(confint(share)[2]), df = degf(design$object))
}
orders <- c(0.1, 0.25, 0.5, 0.75, 0.9)
keep_quantiles <- function(id, design, column, rule, interval) {
  found <- svyquantile(as.formula(paste0("~", column)), design$object, orders,
           interval.type = interval, qrule = rule, na.rm = TRUE,
                       df = degf(design$object))[[column]]
  keep(id, design, list(type = "quantile", y = column, p = orders, qrule = rule, interval = interval),
       sprintf("svyquantile(~%s, d, p, interval.type = \"%s\", qrule = \"%s\", na.rm = TRUE, df = degf(d))",
                column, interval, rule),
       found[, 1], ci_lower = I(found[, 2]), ci_upper = I(found[, 3]), se = I(found[, 4]), df = degf(design$object))
}
for (rule in c(paste0("hf", 3:9), "shahvaish")) for (name in c("clustered", "elements"))
  keep_quantiles(sprintf("%s.quantile.%s", name, rule), get(name), "spent", rule, "mean")
for (interval in c("mean", "beta", "xlogit", "asin"))
  keep_quantiles(sprintf("clustered.quantile.ties.%s", interval), clustered, "wait", "hf7", interval)
keep_quantiles("raked.quantile", calibrated$raked, "spent", "hf7", "mean")

# --- models; tests of independence ----------------------------------------------------------------

exact <- glm.control(epsilon = 1e-14, maxit = 100)
models <- list(gaussian = list(spent ~ wait + age, gaussian()),
         binomial = list(I(q1 >= 4) ~ wait + sex, quasibinomial()),
               poisson = list(visits ~ wait + sex, quasipoisson()))
for (name in c("clustered", "elements", "finite", "raked")) for (family in names(models)) {
  if (name == "elements" && family != "poisson") next    # R's df leave out the respondents without an answer
  design <- if (name == "raked") calibrated$raked else get(name)
  formula <- models[[family]][[1]]
  fitted <- svyglm(formula, design$object, family = models[[family]][[2]], control = exact)
  keep_fit(sprintf("%s.model.%s", name, family), design,
           list(type = "glm", family = family, formula = deparse(formula)),
           bquote(svyglm(.(formula), d,
                    family = .(as.name(paste0(if (family == "gaussian") "" else "quasi", family)))(), control = exact)),
           df = fitted$df.residual)
}
# Tests that agree: saddlepoints of two by two, Wald's where the size of the population is known; Pearson's without
# missing answers, which R counts in its n.
keep_test <- function(name, design, formula, method, vars = all.vars(formula)) {
  design$object$variables$old <- as.numeric(design$object$variables$age == "60+")
  found <- svychisq(formula, design$object, statistic = method)
  freedom <- if (method == "saddlepoint") list() else list(df = I(as.numeric(found$parameter)))
  do.call(keep, c(list(sprintf("%s.independence.%s", name, method), design,
           list(type = "independence test", vars = vars, statistic = method),
                       sprintf("svychisq(%s, d, statistic = \"%s\")", deparse(formula), method), found$statistic,
                       extra = list(p_value = as.numeric(found$p.value))), freedom))
}
for (name in c("clustered", "elements", "finite")) {
  keep_test(name, get(name), ~age + q1, "F")
  keep_test(name, get(name), ~age + site, "Chisq")
  keep_test(name, get(name), ~old + sex, "saddlepoint", c("age==60+", "sex"))
}
for (method in c("Wald", "adjWald")) keep_test("raked", calibrated$raked, ~old + sex, method, c("age==60+", "sex"))

# --- replicates -----------------------------------------------------------------------------------

# R's own draws of the bootstrap are kept as the number of times each cluster is drawn.
replicate_kinds <- list(
  jkn = list(base = plain, object = as.svrepdesign(plain$object, type = "JKn"), says = list(type = "JKn")),
  jkn.mse = list(base = plain, object = as.svrepdesign(plain$object, type = "JKn", mse = TRUE),
           says = list(type = "JKn", mse = TRUE)),
  jk1 = list(base = simple, object = as.svrepdesign(simple$object, type = "JK1"), says = list(type = "JK1")),
  brr = list(base = paired, object = as.svrepdesign(paired$object, type = "BRR"), says = list(type = "BRR")),
  fay = list(base = paired, object = as.svrepdesign(paired$object, type = "Fay", fay.rho = 0.3),
           says = list(type = "Fay", fay = 0.3)))
boot <- as.svrepdesign(plain$object, type = "subbootstrap", replicates = 20)
factors <- weights(boot, "replication")[match(1:47, d$psu[several]), ]
sizes <- c(rep(8, 40), rep(7, 7))
replicate_kinds$bootstrap <- list(base = plain, object = boot,
         says = list(type = "subbootstrap", draws = round(factors * (sizes - 1) / sizes)))
for (name in names(replicate_kinds)) {
  kind <- replicate_kinds[[name]]
  design <- of(c(kind$base$says, list(replicates = kind$says)), kind$object, rows = kind$base$rows)
  keep_fit(sprintf("%s.total", name), design, list(type = "total", y = "visits"), quote(svytotal(~visits, d)))
  if (name %in% c("brr", "fay")) next          # what is not linear depends on the Hadamard matrix that was taken
  keep_fit(sprintf("%s.mean", name), design, list(type = "mean", y = "spent"), quote(svymean(~spent, d, na.rm = TRUE)))
  keep_fit(sprintf("%s.mean.by", name), design, list(type = "mean", y = "wait", by = "site"),
           quote(svyby(~wait, ~site, d, svymean, covmat = TRUE)))
}
# Replicates calibrated again, one by one. R's degrees of freedom are the rank of the weights, which raking raises.
for (name in c("raked", "post")) for (column in c("wait", "spent")) {
  jackknife <- as.svrepdesign(plain$object, type = "JKn")
  again <- if (name == "raked") raked_of(jackknife) else post_of(jackknife)
  design <- of(c(whole, list(replicates = list(type = "JKn", calibrated = TRUE))), again, rows = "stratum<7",
               calibration = if (name == "raked") raking else post)
  formula <- as.formula(paste0("~", column))
  keep_fit(sprintf("jkn.%s.again.%s", name, column), design, list(type = "mean", y = column),
           bquote(svymean(.(formula), d, na.rm = TRUE)), compare_df = FALSE)
}

meta <- sprintf("{\"R\": \"%s\", \"survey\": \"%s\", \"ci_level\": 0.95}", getRversion(), packageVersion("survey"))
writeLines(c(sprintf("{\"meta\": %s, \"oracles\": [", meta),
         paste0(results, c(rep(",", length(results) - 1), "")), "]}"), "goldens.json")
