-- What Quarto understands and bare pandoc does not: callouts, numbered and referenced figures and tables, alternative
-- texts, readings, shortcodes. Attributes are written in a fixed order, so that the same page gives the same bytes.

local numbers = { fig = 0, tbl = 0, sec = 0 }
local labels = {}
local words = {}
local unresolved = {}

-- Pages name images without their extension: each format takes the one that it can show.
local function with_extension(image)
  image.src = image.src .. (FORMAT:match("docx") and ".png" or ".svg")
  return image
end

local function escape(text)
  return (text:gsub("&", "&amp;"):gsub("<", "&lt;"):gsub(">", "&gt;"):gsub('"', "&quot;"))
end

local function typst_string(text)
  return '"' .. text:gsub("\\", "\\\\"):gsub('"', '\\"') .. '"'
end

local function written(blocks, format)
  -- Unwrapped: a line broken within a point of a list ends it, in typst.
  local options = pandoc.WriterOptions({ wrap_text = "wrap-none" })
  return (pandoc.write(pandoc.Pandoc(blocks), format, options):gsub("%s+$", ""))
end

local function kind_of(identifier)
  return identifier:match("^(fig)%-") or identifier:match("^(tbl)%-")
end

local function word(kind)
  return words[kind]
end

-- The caption of a cross-referenced div is its last paragraph.
local function split(div)
  local content = div.content:clone()
  local caption = content:remove(#content)
  return content, caption and caption.content or pandoc.Inlines({})
end

-- In a word processor, a caption has the style of one.
local function captioned(style, inlines)
  return pandoc.Div({ pandoc.Para(inlines) }, { ["custom-style"] = style })
end

local function figure(div)
  local content, caption = split(div)
  local image, narrow
  pandoc.walk_block(pandoc.Div(content), { Image = function(found)
    if found.classes:includes("narrow") then narrow = found else image = found end
  end })
  if not image then error("figure " .. div.identifier .. " holds no image") end
  local alt = image.attributes["fig-alt"] or ""
  if alt == "" then error("figure " .. div.identifier .. " has no alternative text (fig-alt)") end
  local number = labels[div.identifier].number
  if FORMAT:match("html") then
    local shown = string.format('<img src="%s" alt="%s">', escape(image.src), escape(alt))
    if narrow then
      shown = string.format('<picture><source media="(max-width: 32rem)" srcset="%s">%s</picture>', escape(narrow.src), shown)
    end
    local body = string.format(
      '<figure id="%s">\n<figcaption><span class="label">%s %d</span> – %s</figcaption>\n%s\n</figure>',
      escape(div.identifier), word("fig"), number, written({ pandoc.Plain(caption) }, "html"), shown)
    return pandoc.RawBlock("html", body)
  elseif FORMAT:match("typst") then
    local body = string.format("#figure(image(%s, alt: %s, width: 100%%), caption: [%s], kind: image) <%s>",
      typst_string(image.src), typst_string(alt), written({ pandoc.Plain(caption) }, "typst"), div.identifier)
    return pandoc.RawBlock("typst", body)
  end
  local label = pandoc.Strong({ pandoc.Str(word("fig") .. " " .. number) })
  local drawn = pandoc.Image({}, image.src, "", { width = "16cm" })
  return {
    captioned("Image Caption", { label, pandoc.Str(" – "), table.unpack(caption) }),
    pandoc.Div({ pandoc.Para({ drawn }) }, { ["custom-style"] = "Figure" }),
  }
end

-- Columns are as wide as their longest word asks, and share what is left of a line by their longest text, less than in
-- proportion: so rows are low, and no word is cut. A table that needs less than a line takes less.
local LINE, PADDING, LONG, BOLD = 112, 3, 40, 1.15
local function measure(block)
  local words, texts = {}, {}
  local function see(rows, weight)
    for _, row in ipairs(rows) do
      for place, cell in ipairs(row.cells) do
        local text = pandoc.utils.stringify(cell.contents)
        texts[place] = math.max(texts[place] or 1, weight * utf8.len(text))
        for word in text:gmatch("%S+") do words[place] = math.max(words[place] or 1, weight * utf8.len(word)) end
      end
    end
  end
  see(block.head.rows, BOLD)
  for _, body in ipairs(block.bodies) do see(body.body, 1) end
  return words, texts
end

local function has_long_text(block)
  local _, texts = measure(block)
  return math.max(0, table.unpack(texts)) > LONG
end

local function widen_by_text(block)
  local words, texts = measure(block)
  local needed, wanted, whole = 0, 0, 0
  for place, text in ipairs(texts) do
    needed = needed + (words[place] or 1) + PADDING
    wanted = wanted + (text - (words[place] or 1)) ^ 0.7
    whole = whole + text + PADDING
  end
  local line = math.max(needed, math.min(LINE, whole))
  local specs = block.colspecs
  for place, spec in ipairs(specs) do
    local word = words[place] or 1
    local share = wanted > 0 and (texts[place] - word) ^ 0.7 / wanted or 0
    spec[2] = (word + PADDING + share * (line - needed)) / math.max(LINE, line)
  end
  block.colspecs = specs
end

local function tabular(div)
  local content, caption = split(div)
  local number = labels[div.identifier].number
  local raw = content[1]
  if FORMAT:match("html") and raw.t == "RawBlock" then
    local name = escape(div.identifier)
    local head = string.format('<figcaption id="%s-caption"><span class="label">%s %d</span> – %s</figcaption>', name,
      word("tbl"), number, written({ pandoc.Plain(caption) }, "html"))
    -- Alignments are the theme's: its pages take no style of an element.
    local html = raw.text:gsub(' style="[^"]*"', ""):gsub("^<table[^>]*>", function(open)
      local class = open:match('class="(%a+)"')
      local kind = (class == "tiles" or class == "verdicts") and ' class="' .. class .. '"' or ""
      return '<table aria-labelledby="' .. name .. '-caption"' .. kind .. '>'
    end)
    return pandoc.RawBlock("html", '<figure id="' .. name .. '" class="table">\n' .. head
      .. '\n<div class="table-wrap" tabindex="0" role="region" aria-labelledby="' .. name .. '-caption">\n' .. html
      .. "\n</div>\n</figure>")
  end
  local block = raw
  if raw.t == "RawBlock" then
    block = pandoc.read(raw.text, "html").blocks[1]
  end
  if FORMAT:match("typst") and has_long_text(block) then widen_by_text(block) end
  if FORMAT:match("typst") then
    block.caption = pandoc.Caption()
    local body = written({ block }, "typst"):gsub("^#figure%(%s*align%(center%)%[", ""):gsub("%]%s*,%s*kind: table%s*%)%s*$", "")
    return pandoc.RawBlock("typst", string.format("#whole[#figure(align(left)[%s], caption: [%s], kind: table) <%s>]", body,
      written({ pandoc.Plain(caption) }, "typst"), div.identifier))
  end
  local label = pandoc.Strong({ pandoc.Str(word("tbl") .. " " .. number) })
  return { captioned("Table Caption", { label, pandoc.Str(" – "), table.unpack(caption) }), block }
end

local function callout(div, kind)
  local title = div.attributes.title or kind
  if FORMAT:match("html") then
    local open = string.format('<div class="callout callout-%s" role="note" aria-label="%s">\n<p class="callout-title">%s</p>',
      kind, escape(title), escape(title))
    local blocks = pandoc.Blocks({ pandoc.RawBlock("html", open) })
    blocks:extend(div.content)
    blocks:insert(pandoc.RawBlock("html", "</div>"))
    return blocks
  elseif FORMAT:match("typst") then
    local name = written({ pandoc.Plain({ pandoc.Str(title) }) }, "typst")
    return pandoc.RawBlock("typst", string.format('#callout("%s", [%s], [%s])', kind, name, written(div.content, "typst")))
  end
  local blocks = pandoc.Blocks({ pandoc.Para({ pandoc.Strong({ pandoc.Str(title) }) }) })
  blocks:extend(div.content)
  return pandoc.Div(blocks, { ["custom-style"] = "Callout" })
end

local function number_divs(div)
  local kind = kind_of(div.identifier)
  if kind then
    if labels[div.identifier] then error("the label " .. div.identifier .. " stands twice") end
    numbers[kind] = numbers[kind] + 1
    labels[div.identifier] = { kind = kind, number = numbers[kind] }
  end
end

local function number_headers(header)
  if header.identifier:match("^sec%-") then
    labels[header.identifier] = { kind = "sec", text = pandoc.utils.stringify(header.content) }
  end
end

local function div(found)
  local kind = kind_of(found.identifier)
  if kind == "fig" then return figure(found) end
  if kind == "tbl" then return tabular(found) end
  for _, class in ipairs(found.classes) do
    local name = class:match("^callout%-(%a+)$")
    if name then return callout(found, name) end
    if class == "panel-tabset" then return found.content end
    if class == "content-visible" then
      if not FORMAT:match(found.attributes["when-format"] or "") then return {} end
      return found.content
    end
    if (class == "reading" or class == "lead") and FORMAT:match("typst") then
      return pandoc.RawBlock("typst", "#" .. class .. "[" .. written(found.content, "typst") .. "]")
    end
    if class == "reading" and not FORMAT:match("html") then
      return pandoc.Div(found.content, { ["custom-style"] = "Lecture" })
    end
  end
end

-- Where a sheet of paper ends; a screen has none.
local function page_break(found)
  if pandoc.utils.stringify(found) ~= "{{< pagebreak >}}" then return nil end
  if FORMAT:match("typst") then return pandoc.RawBlock("typst", "#pagebreak(weak: true)") end
  if FORMAT:match("html") then return {} end
  return pandoc.RawBlock("openxml", '<w:p><w:r><w:br w:type="page"/></w:r></w:p>')
end

local function cite(found)
  local target = labels[found.citations[1].id]
  if not target then
    unresolved[#unresolved + 1] = "@" .. found.citations[1].id
    return nil
  end
  local text = target.kind == "sec" and target.text or (word(target.kind) .. "\u{00a0}" .. target.number)
  return pandoc.Link({ pandoc.Str(text) }, "#" .. found.citations[1].id)
end

local function read_words(meta)
  words = { fig = pandoc.utils.stringify(meta["label-figure"]), tbl = pandoc.utils.stringify(meta["label-table"]) }
end

local function check(document)
  if #unresolved > 0 then error("unresolved references: " .. table.concat(unresolved, ", ")) end
  return document
end

return {
  { Meta = read_words },
  { traverse = "topdown", Div = number_divs, Header = number_headers },
  { Cite = cite },
  { Para = page_break, Image = with_extension },
  { Div = div },
  { Pandoc = check },
}
