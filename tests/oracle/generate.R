# Goldens of the inference, by R's survey package on data made here. Run in this folder: Rscript generate.R
# It writes data.csv (the survey) and goldens.csv (15 significant digits), which are committed with the version that made them.
suppressMessages(library(survey))
options(survey.lonely.psu = "adjust")
set.seed(20260)

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
d <- data.frame(psu, stratum, site, age, sex, weight, q1, q2)
write.csv(d, "data.csv", row.names = FALSE, quote = FALSE, na = "")

rows <- list()
keep <- function(design, item, score, by, estimate, se, df) {
  labels <- if (is.null(names(estimate))) rep("total", length(estimate)) else names(estimate)
  rows[[length(rows) + 1]] <<- data.frame(design, item, score, by, domain = labels,
    estimate = sprintf("%.15g", estimate), se = sprintf("%.15g", se), df = df)
}

d$top1 <- as.numeric(d$q1 >= 4)
d$net1 <- as.numeric(d$q1 >= 4) - as.numeric(d$q1 <= 2)
d$mean1 <- (d$q1 - 1) / 4 * 10
d$top2 <- as.numeric(d$q2 >= 3)
for (level in 1:5) d[[paste0("level", level)]] <- as.numeric(d$q1 == level)
scores <- c(top1 = "q1", net1 = "q1", mean1 = "q1", top2 = "q2", setNames(rep("q1", 5), paste0("level", 1:5)))

clustered <- svydesign(id = ~psu, strata = ~stratum, weights = ~weight, data = d)
elements <- svydesign(id = ~1, strata = ~stratum, weights = ~weight, data = d)
d$population <- c(40, 30, 25, 60, 35, 50, 12)[d$stratum]
finite <- svydesign(id = ~psu, strata = ~stratum, weights = ~weight, fpc = ~population, data = d)
ages <- data.frame(age = c("18-29", "30-59", "60+"), Freq = c(500, 900, 700))
sexes <- data.frame(sex = c("f", "m"), Freq = c(1150, 950))
raked <- rake(clustered, list(~age, ~sex), list(ages, sexes), control = list(maxit = 2000, epsilon = 1e-11))
designs <- list(clustered = clustered, elements = elements, finite = finite, raked = raked)

for (name in names(designs)) {
  # Versions 4.1 and 4.5 centre a lonely cluster differently once scores are projected: there it is left out.
  options(survey.lonely.psu = if (name == "raked") "remove" else "adjust")
  design <- designs[[name]]
  for (score in names(scores)) {
    formula <- as.formula(paste0("~", score))
    whole <- svymean(formula, design, na.rm = TRUE)
    keep(name, scores[[score]], score, "total", as.numeric(coef(whole)), as.numeric(SE(whole)), degf(design))
    by <- svyby(formula, ~site, design, svymean, na.rm = TRUE)
    df <- sapply(rownames(by), function(one) degf(subset(design, site == one)))
    keep(name, scores[[score]], score, "site", setNames(as.numeric(coef(by)), rownames(by)), as.numeric(SE(by)), df)
  }
}
# Replicates, raked again one by one; without the lonely stratum, which the jackknife cannot take.
several <- svydesign(id = ~psu, strata = ~stratum, weights = ~weight, data = d[d$stratum < 7, ])
again <- rake(as.svrepdesign(several, type = "JKn"), list(~age, ~sex), list(ages, sexes), control = list(maxit = 2000, epsilon = 1e-11))
for (score in names(scores)) {
  whole <- svymean(as.formula(paste0("~", score)), again, na.rm = TRUE)
  keep("raked again", scores[[score]], score, "total", as.numeric(coef(whole)), as.numeric(SE(whole)), degf(again))
}
header <- sprintf("# survey %s, R %s", packageVersion("survey"), getRversion())
writeLines(header, "goldens.csv")
suppressWarnings(write.table(do.call(rbind, rows), "goldens.csv", sep = ",", row.names = FALSE, quote = FALSE, append = TRUE))
